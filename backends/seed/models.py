"""The table that remembers what the shop was filled with."""

from sqlalchemy import Column, Date, Integer, String

from backends.db import Base, UtcDateTime


class SeedRecord(Base):
    """One row: from which files, with which number and for which day the shop was filled."""

    __tablename__ = "seed_record"

    id = Column(Integer, primary_key=True)
    catalog_digest = Column(String(64), nullable=False)
    history_digest = Column(String(64), nullable=False)
    number = Column(Integer, nullable=False)
    today = Column(Date, nullable=False)
    seeded_at = Column(UtcDateTime, nullable=False)
