"""How the platform says no."""


class Refusal(Exception):
    """An answer with an error code of https://developer.work.weixin.qq.com/document/path/90313."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code
