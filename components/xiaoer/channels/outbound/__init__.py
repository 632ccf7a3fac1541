"""Words that come to the customer from outside: a person's, or a program's."""

from xiaoer.channels.outbound.outbound_input import OutboundInput

__all__ = ["OutboundInput"]
