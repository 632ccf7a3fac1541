"""The endpoints of experiments."""

from __future__ import annotations

from collections import Counter

from sanic import Blueprint

from backends.auth import check_caller
from backends.campaigns.experiments import book, keeping, rewards, schemas, views
from backends.campaigns.experiments.assignment import assign_many
from backends.campaigns.experiments.design import DesignError
from backends.campaigns.experiments.off_policy import asking
from backends.campaigns.experiments.off_policy.estimators import NoSupport
from backends.campaigns.experiments.results import results
from backends.campaigns.experiments.units import unit_of_sender
from backends.db import now
from backends.errors import ApiError
from backends.http import Answer, Call, endpoint

blueprint = Blueprint("experiments", url_prefix="/v1/experiments")
keeping.install(blueprint)
_PATH = {"reference": schemas.REFERENCE_PATTERN}


@endpoint(
    blueprint,
    "GET",
    "",
    summary="Experiments, the newest first",
    query=schemas.ExperimentsQuery,
    answers={200: schemas.ExperimentsView},
)
async def every_experiment(call: Call) -> schemas.ExperimentsView:
    """List them."""
    async with call.db.read() as session:
        found = await book.every_experiment(session, call.query.state)
    return schemas.ExperimentsView(experiments=[views.experiment_view(each) for each in found])


@endpoint(
    blueprint,
    "POST",
    "",
    summary="Make a draft of an experiment",
    body=schemas.ExperimentRequest,
    answers={201: schemas.ExperimentView},
    errors=(409,),
)
async def create(call: Call) -> schemas.ExperimentView:
    """Check the design, and answer how many customers it needs."""
    async with call.db.write() as session:
        try:
            made = await book.create(session, call.body.name, call.body.design(), now())
        except DesignError as error:
            raise _not_a_design(error) from None
    return views.experiment_view(made)


@endpoint(
    blueprint,
    "GET",
    "/<reference:str>",
    summary="One experiment",
    path_patterns=_PATH,
    answers={200: schemas.ExperimentView},
    errors=(404,),
)
async def show(call: Call) -> schemas.ExperimentView:
    """Show it."""
    async with call.db.read() as session:
        return views.experiment_view(await book.find(session, call.path["reference"]))


@endpoint(
    blueprint,
    "PUT",
    "/<reference:str>",
    summary="Change a draft",
    path_patterns=_PATH,
    body=schemas.ExperimentRequest,
    answers={200: schemas.ExperimentView},
    errors=(404, 409),
)
async def change(call: Call) -> schemas.ExperimentView:
    """Give a draft another name and design."""
    async with call.db.write() as session:
        try:
            changed = await book.change(
                session, call.path["reference"], call.body.name, call.body.design(), now()
            )
        except DesignError as error:
            raise _not_a_design(error) from None
    return views.experiment_view(changed)


@endpoint(
    blueprint,
    "DELETE",
    "/<reference:str>",
    summary="Discard a draft",
    path_patterns=_PATH,
    answers={204: None},
    errors=(404, 409),
)
async def discard(call: Call) -> None:
    """Delete it."""
    async with call.db.write() as session:
        await book.discard(session, call.path["reference"])


@endpoint(
    blueprint,
    "POST",
    "/<reference:str>/start",
    summary="Begin to assign; the design cannot change from then on",
    path_patterns=_PATH,
    answers={200: schemas.ExperimentView},
    errors=(404, 409),
)
async def start(call: Call) -> schemas.ExperimentView:
    """Start it."""
    async with call.db.write() as session:
        try:
            return views.experiment_view(await book.start(session, call.path["reference"], now()))
        except DesignError as error:
            raise _not_a_design(error) from None


@endpoint(
    blueprint,
    "POST",
    "/<reference:str>/stop",
    summary="End a running experiment before its rule does",
    path_patterns=_PATH,
    answers={200: schemas.ExperimentView},
    errors=(404, 409),
)
async def stop(call: Call) -> schemas.ExperimentView:
    """Stop it."""
    async with call.db.write() as session:
        return views.experiment_view(await keeping.stop(session, call.path["reference"], now()))


@endpoint(
    blueprint,
    "GET",
    "/<reference:str>/results",
    summary="What an experiment shows so far, and the decision by its rule",
    path_patterns=_PATH,
    answers={200: schemas.ResultsView},
    errors=(404,),
)
async def show_results(call: Call) -> schemas.ResultsView:
    """Work it out."""
    async with call.db.read() as session:
        experiment = await book.find(session, call.path["reference"])
        return views.results_view(experiment, await results(session, experiment, now()))


@endpoint(
    blueprint,
    "POST",
    "/<reference:str>/assignments",
    summary="Give customers their arms: those they have, or new ones",
    path_patterns=_PATH,
    body=schemas.AssignRequest,
    answers={200: schemas.AssignAnswer},
    errors=(404, 409),
)
async def assign(call: Call) -> schemas.AssignAnswer:
    """Assign them."""
    units = [_unit(each) for each in call.body.customers]
    contexts = [each.context for each in call.body.customers]
    async with call.db.write() as session:
        found = await assign_many(session, call.path["reference"], units, contexts, now())
    return schemas.AssignAnswer(
        assigned=[
            schemas.AssignedView(
                arm=each.arm or None, propensity=each.propensity, is_holdout=each.is_holdout
            )
            for each in found
        ]
    )


@endpoint(
    blueprint,
    "POST",
    "/<reference:str>/rewards",
    summary="What came of customers; the first reward of each counts",
    path_patterns=_PATH,
    body=schemas.RewardsRequest,
    answers={200: schemas.RewardsAnswer},
    errors=(404,),
)
async def reward(call: Call) -> schemas.RewardsAnswer:
    """Write it down."""
    moment = now()
    told = [(_unit(each), each.value, min(each.at or moment, moment)) for each in call.body.rewards]
    kept: Counter[str] = Counter()
    async with call.db.write() as session:
        for unit, value, at in told:
            kept[await rewards.record(session, call.path["reference"], unit, value, at)] += 1
    return schemas.RewardsAnswer(**{name: kept[name] for name in schemas.RewardsAnswer.__fields__})


@endpoint(
    blueprint,
    "POST",
    "/<reference:str>/off-policy",
    summary="What a policy that did not run would have brought",
    path_patterns=_PATH,
    body=schemas.OffPolicyRequest,
    answers={200: schemas.OffPolicyAnswer},
    errors=(404, 409),
)
async def off_policy(call: Call) -> Answer:
    """Estimate it from the log; 409 ``no_support`` when the log cannot say."""
    told = call.body.policy
    question = asking.Question(told.kind, told.arm, told.weights)
    async with call.db.read() as session:
        experiment = await book.find(session, call.path["reference"])
        try:
            found = await asking.ask(session, experiment, question, now(), call.body.alpha)
        except NoSupport as error:
            raise ApiError(
                409, "not_allowed", str(error), reason=f"no_support_{error.code}"
            ) from None
    is_learned = told.kind in (asking.LINEAR, asking.LINUCB)
    return Answer(200, views.evaluation_view(found, is_learned))


def _unit(who: schemas.Known | schemas.Unknown) -> str:
    if isinstance(who, schemas.Known):
        return who.customer_id
    caller = check_caller(who.channel, who.sender, "body")
    return unit_of_sender(caller.channel, caller.sender)


def _not_a_design(error: DesignError) -> ApiError:
    return ApiError(409, "not_allowed", str(error), reason=error.code)
