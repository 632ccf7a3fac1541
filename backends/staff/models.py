"""Tables of staff: accounts, logins, and wrong tries to log in."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Integer,
    String,
    false,
    true,
)

from backends.db import Base, UtcDateTime

AGENT, SUPERVISOR = "agent", "supervisor"
ROLES = (AGENT, SUPERVISOR)
LANGUAGES = ("zh", "en")


class Staff(Base):
    """Somebody who answers customers.

    Attributes:
        username: for the login, in lower case.
        name: what customers and colleagues read.
        languages: those they answer in, of `LANGUAGES`.
        console_language: language of their pages.
        password_hash: argon2id; NULL for an account that cannot log in (Slack alone).
        active: a disabled account stays, for what it wrote stays.
        away: whether they said that they take no tickets now.
        most_tickets: how many they take at once; NULL is no limit.
        seen_at: their last request or Slack action.
    """

    __tablename__ = "staff"
    __table_args__ = (
        CheckConstraint(f"role IN {ROLES}", name="role"),
        CheckConstraint(f"console_language IN {LANGUAGES}", name="console_language"),
    )

    id = Column(Integer, primary_key=True)
    username = Column(String(40), nullable=False, unique=True)
    name = Column(String(40), nullable=False)
    role = Column(String(10), nullable=False)
    languages = Column(JSON, nullable=False)
    console_language = Column(String(2), nullable=False)
    slack_user = Column(String(32), unique=True)
    password_hash = Column(String(200))
    active = Column(Boolean, nullable=False, server_default=true())
    away = Column(Boolean, nullable=False, server_default=false())
    most_tickets = Column(Integer)
    seen_at = Column(UtcDateTime)
    created_at = Column(UtcDateTime, nullable=False)


class StaffSession(Base):
    """One login. The browser holds a random token, the table its SHA-256."""

    __tablename__ = "staff_sessions"

    token_hash = Column(String(64), primary_key=True)
    staff_id = Column(ForeignKey("staff.id", ondelete="CASCADE"), nullable=False, index=True)
    csrf = Column(String(43), nullable=False)
    created_at = Column(UtcDateTime, nullable=False)
    seen_at = Column(UtcDateTime, nullable=False)
    expires_at = Column(UtcDateTime, nullable=False, index=True)


class LoginThrottle(Base):
    """Wrong tries of one user name from one address; both only as a SHA-256 of the pair."""

    __tablename__ = "login_throttles"

    subject = Column(String(64), primary_key=True)
    failures = Column(Integer, nullable=False)
    locked_until = Column(UtcDateTime)
    forget_at = Column(UtcDateTime, nullable=False, index=True)
