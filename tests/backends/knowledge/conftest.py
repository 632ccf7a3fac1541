"""Servers over article folders of a test's own, and a small knowledge base to search."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

ROOT = Path(__file__).resolve().parents[3]

DELIVERY = """\
# 店里的配送规矩 (how the shop delivers)
category: delivery
source: {zh: 《配送说明》, en: Delivery guide}
articles:
- id: delivery-time   # asked most of all
  zh:
    question: 下单后多久能收到货？
    variants:
    - 几天能到
    - 快递要走几天
    answer: 现货 24 小时内发出，一般 2–4 天送到。
  en:
    question: How long does delivery take?
    variants:
    - when will it arrive
    - how many days until I get my parcel
    answer: Items in stock leave within 24 hours and usually arrive in 2–4 days.

# Nothing below ninety-nine is free.
- id: delivery-fee
  zh:
    question: 运费怎么收？
    variants:
    - 邮费多少钱
    - 满多少包邮
    answer: 满 ¥99 包邮，不满收 ¥10。
  en:
    question: How much is the shipping fee?
    variants:
    - what does postage cost
    - is shipping free
    answer: Shipping is free from ¥99 and costs ¥10 below.
- id: delivery-gifts
  en:
    question: Can you wrap my order as a birthday present?
    variants:
    - do you offer gift wrapping
    answer: Yes, tick “Gift wrap” at checkout; it costs ¥6.
"""

RETURNS = """\
category: returns
source: {zh: 《退换货说明》}
articles:
- id: returns-how
  source: {zh: 《退货步骤》, en: How to return}
  zh:
    question: 怎么申请退货？
    variants:
    - 我要退货怎么操作
    - 东西不想要了怎么退
    answer: 在订单页点“申请退货”，写明原因就好。
  en:
    question: How do I return something?
    variants:
    - steps to send an item back
    answer: Press “Return” on the order page and say why.
- id: returns-refund
  zh:
    question: 退款什么时候到账？
    variants:
    - 退的钱几天能回来
    - 钱多久退给我
    answer: 仓库收到退货后 3 个工作日内退款。
"""

SERVICE = """\
category: contact
articles:
- id: opening-hours
  zh: {question: 客服几点上班？, variants: [你们营业时间], answer: "每天 9:00–22:00。"}
  en: {question: What are your opening hours?, variants: [when do you open], answer: "Daily 9:00–22:00."}
- id: invoice-company
  zh: {question: 能开公司抬头的发票吗？, variants: [怎么开增值税发票], answer: 可以，结算时填公司名称和税号。}
  en: {question: Can I get an invoice for my company?, variants: [VAT invoice please], answer: "Yes, give the company's name and tax number at checkout."}
- id: password-forgotten
  zh: {question: 忘记密码怎么办？, variants: [登录密码想不起来了], answer: 在登录页点“忘记密码”。}
  en: {question: I forgot my password, variants: [how to reset the password], answer: Press “Forgot password” on the log-in page.}
"""

SMALL = {"delivery.yml": DELIVERY, "after-sales/returns.yml": RETURNS, "contact.yml": SERVICE}


def article(question: str = "Do you sell tea?", answer: str = "Yes, loose.", **more: Any) -> dict:
    """The body of an English article."""
    return {"category": "shop", "en": {"question": question, "answer": answer}, **more}


@dataclass
class KnowledgeServer:
    """A running server and the folder its articles lie in."""

    server: Any
    folder: Path
    client: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        self.client = self.server.client()

    @property
    def log(self) -> str:
        """All that it has logged."""
        return self.server.log.read_text(encoding="utf-8")

    def empty(self) -> None:
        """Take the folder away."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def write(self, files: dict[str, str | bytes]) -> None:
        """Write files into the folder as a person with an editor would."""
        for name, content in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)

    def read(self, name: str) -> str:
        """Return the text of one of its files."""
        return (self.folder / name).read_text(encoding="utf-8")

    def search(self, q: str, lang: str = "zh", **more: Any) -> dict[str, Any]:
        """Search and return the answer's body."""
        answer = self.client.get("/v1/knowledge/search", params={"q": q, "lang": lang, **more})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def found(self, q: str, lang: str = "en", **more: Any) -> list[str]:
        """Search and return the ids of what was found with some trust."""
        body = self.search(q, lang, **more)
        return [] if body["trust"] == "none" else [item["id"] for item in body["items"]]

    def put(self, name: str, body: Any) -> httpx.Response:
        """Write an article through the API."""
        return self.client.put(f"/v1/knowledge/articles/{name}", json=body)

    def get(self, name: str) -> httpx.Response:
        """Read an article through the API."""
        return self.client.get(f"/v1/knowledge/articles/{name}")

    def content(self, name: str) -> dict[str, Any]:
        """Return an article as it can be written again."""
        shown = self.get(name).json()
        return {key: value for key, value in shown.items() if key not in ("id", "holds")}

    def delete(self, name: str) -> httpx.Response:
        """Remove an article through the API."""
        return self.client.delete(f"/v1/knowledge/articles/{name}")

    def ids(self) -> list[str]:
        """Return the ids of all articles."""
        body = self.client.get("/v1/knowledge/articles", params={"limit": 200}).json()
        assert len(body["items"]) == body["total"]
        return [item["id"] for item in body["items"]]


Serve = Callable[..., KnowledgeServer]


@pytest.fixture(scope="package")
def bare_database(tmp_path_factory: pytest.TempPathFactory, run_backends: Callable) -> Path:
    """A database with tables and nothing in them; tests copy it."""
    path = tmp_path_factory.mktemp("bare") / "shop.db"
    done = run_backends("migrate", env={"DATABASE_URL": f"sqlite+aiosqlite:///{path}"})
    assert done.returncode == 0, done.stderr
    return path


@pytest.fixture(scope="package")
def serve(
    bare_database: Path,
    tmp_path_factory: pytest.TempPathFactory,
    free_port: Callable[[], int],
    start_shop: Callable,
    start_light_shop: Callable,
) -> Iterator[Serve]:
    """A function that starts a server over a folder of articles, by words alone if not said."""
    running = []

    def start(articles: Path, vectors: bool = False, **env: str) -> KnowledgeServer:
        folder = tmp_path_factory.mktemp("server")
        (folder / "knowledge").mkdir()
        copy = shutil.copy(bare_database, folder / "shop.db")
        settings = {
            "XIAOER_KNOWLEDGE_DATA": str(articles),
            "XIAOER_STATE_DIR": str(folder / "state"),
            **env,
        }
        begin = start_shop if vectors else start_light_shop
        running.append(begin(Path(copy), folder, free_port(), env=settings))
        return KnowledgeServer(running[-1], articles)

    yield start
    for server in running:
        server.stop()


@pytest.fixture(scope="package")
def light(serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> KnowledgeServer:
    """A server that searches by words; it was started over a folder that was not there."""
    server = serve(tmp_path_factory.mktemp("light") / "not" / "yet")
    assert server.search("anything") == {"trust": "none", "items": []}
    assert server.ids() == []
    return server


@pytest.fixture
def kb(light: KnowledgeServer) -> KnowledgeServer:
    """The light server over the small knowledge base."""
    light.empty()
    light.write(dict(SMALL))
    return light


@pytest.fixture(scope="package")
def small_base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the small knowledge base, which nobody changes."""
    folder = tmp_path_factory.mktemp("small")
    for name, content in SMALL.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")
    return folder


@pytest.fixture(scope="package")
def prepared_state(
    small_base: Path, tmp_path_factory: pytest.TempPathFactory, run_backends: Callable
) -> Path:
    """A state folder with the vectors of the small base, made once by the command."""
    state = tmp_path_factory.mktemp("state")
    env = {
        "XIAOER_SEARCH_ENCODER": "bundled",
        "XIAOER_KNOWLEDGE_DATA": str(small_base),
        "XIAOER_STATE_DIR": str(state),
    }
    done = run_backends("knowledge", "prepare", env=env)
    assert done.returncode == 0, done.stderr
    return state
