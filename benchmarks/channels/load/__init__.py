"""WeChat messages by the thousand, with everything that the platform does about slow answers."""
