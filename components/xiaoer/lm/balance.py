"""Which channels of a model's states are large, measured once for the ``int8`` graphs.

What is measured moves the burden between states and weights and changes no product, so a few texts
are enough: in both languages, short and long, with digits, names, marks and emoji. Source: Xiao et
al., SmoothQuant: Accurate and Efficient Post-Training Quantization for Large Language Models, ICML
2023.
"""

from collections.abc import Sequence

import numpy as np

from xiaoer.lm import layers
from xiaoer.lm.base import BaseModel, FloatArray

#: Share of the burden that the weights take. On training texts of SOFMattress, BANKING77 and MASSIVE
#: 0.65 kept vectors nearest to those of full precision, 0.5 and 0.8 hardly less near.
_SHARE = 0.65

TEXTS = (
    "hi",
    "退货",
    "谢谢！",
    "ok 👍",
    "Where is my parcel?",
    "我的快递到哪里了？",
    "I want to return the shoes I bought last Friday, they are too small.",
    "上周五买的鞋子太小了，我想换大一码，运费谁出？",
    "show me red dresses under $50",
    "有没有两千块以内、续航长一点的手机，最好是黑色的",
    "The order number is 20231104-88213 and the tracking number SF1234567890.",
    "订单号 20231104-88213，单号 SF1234567890，麻烦尽快查一下！！",
    "Play some jazz and turn the kitchen lights off at 7:30 am",
    "明天早上七点半叫我起床，然后放一首周杰伦的歌",
    "Why was my card charged twice? My bank says the transfer is still pending.",
    "为什么扣了我两次钱？银行说转账还在处理中",
    "Add the album to my playlist, and book a table for four in Paris tonight.",
    "帮我订一张下周三从北京飞上海的机票",
    "LOVE it!!! 😍😍 best purchase ever",
    "质量很差，用了两天就坏了，客服态度也不好，再也不买了",
    "新款 ins 风 男士纯棉 T恤 短袖 宽松 大码 夏季 2024",
    "Apple iPhone 15 Pro Max 256GB, titanium blue, unlocked",
    "can u plz tell me wats the diffrence btw these two matress",
    "发票抬头开公司的名字，寄到 wang@example.com",
)


def measured(base: BaseModel, embedded: Sequence[FloatArray]) -> list[layers.Balance]:
    """Return the balance of each layer of a model, see ``layers.build``.

    Args:
        base: the model.
        embedded: (length, width) input of its lowest layer for each text to measure on.
    """
    found = []
    # Without a layer the graph gives out what goes into the first one.
    start = (base.embedding_norm(), base.projection())
    (states,) = _run(layers.build(base.architecture, [], *start, layers.FP32), embedded)
    for index in range(base.architecture.layers):
        arrays = base.layer(index)
        graph = layers.build(base.architecture, [arrays], precision=layers.FP32, middle=True)
        after, middle = _run(graph, states)
        joined = np.concatenate([arrays[f"{part}.weight"] for part in "qkv"])
        found.append({"qkv": _factors(states, joined), "up": _factors(middle, arrays["up.weight"])})
        states = after
    return found


def _run(graph: bytes, states: Sequence[FloatArray]) -> list[list[FloatArray]]:
    """Return for each output of a graph what it is for each text."""
    session = layers.session(graph, 1)
    results = [[each[0] for each in session.run(None, {"states": text[None]})] for text in states]
    return [list(output) for output in zip(*results, strict=True)]


def _factors(states: Sequence[FloatArray], weight: FloatArray) -> FloatArray:
    """Return (width,) powers of two, so that nothing is lost by dividing and multiplying."""
    least = 1e-6
    large = np.max([np.abs(rows).max(0) for rows in states], axis=0)
    heavy = np.abs(weight).max(0)
    shared = _SHARE * np.log2(np.maximum(large, least)) - (1 - _SHARE) * np.log2(
        np.maximum(heavy, least)
    )
    return np.exp2(np.rint(shared - shared.mean())).astype(np.float32)


def flattened(balance: Sequence[layers.Balance]) -> dict[str, FloatArray]:
    """Return the arrays under one name each, to be written to a file."""
    return {
        f"{index}.{part}": values
        for index, parts in enumerate(balance)
        for part, values in parts.items()
    }


def unflattened(arrays: dict[str, FloatArray]) -> list[layers.Balance]:
    """Undo ``flattened``."""
    return [
        {part: arrays[f"{index}.{part}"] for part in ("qkv", "up")}
        for index in range(len(arrays) // 2)
    ]
