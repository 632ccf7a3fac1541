"""The endpoints of the knowledge base."""

from __future__ import annotations

import re
from typing import Any

from pydantic import ValidationError
from sanic import Blueprint, Sanic

from backends.clock import today
from backends.errors import ApiError, invalid_request, not_found
from backends.http import Answer, Call, endpoint
from backends.knowledge.article import ID_PATTERN, Article
from backends.knowledge.reading import problems_of
from backends.knowledge.schemas import (
    ArticleBody,
    ArticleList,
    ArticleQuery,
    ArticleView,
    KnowledgeAnswer,
    KnowledgeQuery,
)
from backends.knowledge.service import Knowledge
from backends.knowledge.store import ArticleStore, StoreError
from backends.search.settings import SearchSettings

blueprint = Blueprint("knowledge", url_prefix="/v1/knowledge")
ARTICLE = {"id": ID_PATTERN}


@blueprint.listener("before_server_start")
async def _start(app: Sanic, loop: Any) -> None:
    store = ArticleStore(app.ctx.settings.knowledge_data)
    app.ctx.knowledge = Knowledge(SearchSettings(), store)  # type: ignore[call-arg]
    await app.ctx.knowledge.start()


@blueprint.listener("after_server_stop")
async def _stop(app: Sanic, loop: Any) -> None:
    await app.ctx.knowledge.stop()


def knowledge_of(call: Call) -> Knowledge:
    """The knowledge base of the server that handles a call."""
    return call.request.app.ctx.knowledge


@endpoint(
    blueprint,
    "GET",
    "/search",
    summary="The articles that answer a question",
    query=KnowledgeQuery,
    answers={200: KnowledgeAnswer},
)
async def search(call: Call) -> KnowledgeAnswer:
    """Find articles that hold today by words and by meaning."""
    asked: KnowledgeQuery = call.query
    return await knowledge_of(call).search(asked.q, asked.lang, asked.limit, today())


@endpoint(
    blueprint,
    "GET",
    "/articles",
    summary="All articles, those too that do not hold today",
    query=ArticleQuery,
    answers={200: ArticleList},
)
async def list_articles(call: Call) -> ArticleList:
    """List them in the order of the files."""
    asked: ArticleQuery = call.query
    articles = (await knowledge_of(call).articles()).values()
    chosen = [one for one in articles if asked.category in (None, one.category)]
    page = chosen[asked.offset : asked.offset + asked.limit]
    return ArticleList(total=len(chosen), items=[_view(article) for article in page])


@endpoint(
    blueprint,
    "GET",
    "/articles/<id:str>",
    summary="One article",
    answers={200: ArticleView},
    errors=(404,),
    path_patterns=ARTICLE,
)
async def show_article(call: Call) -> ArticleView:
    """Show it."""
    article = (await knowledge_of(call).articles()).get(call.path["id"])
    if article is None:
        raise not_found()
    return _view(article)


@endpoint(
    blueprint,
    "PUT",
    "/articles/<id:str>",
    summary="Write an article, new or in place of another",
    body=ArticleBody,
    answers={200: ArticleView, 201: ArticleView},
    errors=(409,),
    path_patterns=ARTICLE,
)
async def put_article(call: Call) -> Answer:
    """Write it into its file; the next search finds it."""
    name = call.path["id"]
    if not re.fullmatch(ID_PATTERN, name):
        raise invalid_request("An article's id is of small letters, digits and hyphens.")
    try:
        article = Article(id=name, **call.body.dict())
    except ValidationError as error:
        what = " ".join(problems_of(error, "the article"))
        raise ApiError(409, "not_allowed", f"It cannot be kept: {what}", reason="article") from None
    try:
        new = await knowledge_of(call).put(article)
    except StoreError as error:
        raise _refused(error) from None
    kept = (await knowledge_of(call).articles()).get(name, article)
    return Answer(201 if new else 200, _view(kept))


@endpoint(
    blueprint,
    "DELETE",
    "/articles/<id:str>",
    summary="Remove an article",
    answers={204: None},
    errors=(404, 409),
    path_patterns=ARTICLE,
)
async def delete_article(call: Call) -> None:
    """Remove it from its file; the next search does not find it."""
    try:
        if not await knowledge_of(call).delete(call.path["id"]):
            raise not_found()
    except StoreError as error:
        raise _refused(error) from None


def _refused(error: StoreError) -> ApiError:
    return ApiError(409, "not_allowed", str(error), reason="files")


def _view(article: Article) -> ArticleView:
    return ArticleView(holds=article.holds(today()), **article.dict())
