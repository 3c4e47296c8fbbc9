"""The hash tree against the published vectors of RFC 6962 (google/certificate-transparency, merkletree tests)."""

from itertools import pairwise

import pytest

from petitions.transparency import verify
from petitions.transparency.merkle import (
    Subtree,
    consistency_path,
    inclusion_path,
    leaf_hash,
    node_hash,
    subtree_hash,
)

LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
LEFT = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
SECOND_PAIR = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
SECOND_HALF = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
FIFTH = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
LAST_PAIR = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
THIRD_PAIR = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"


def tree_of(leaves: list[bytes]) -> Subtree:
    hashes = [leaf_hash(leaf) for leaf in leaves]
    return lambda start, end: subtree_hash(start, end, lambda first, last: hashes[first] if last - first == 1 else None)


TREE = tree_of([bytes.fromhex(leaf) for leaf in LEAVES])


@pytest.mark.parametrize("size", range(1, 9))
def test_published_roots(size: int) -> None:
    assert TREE(0, size).hex() == ROOTS[size - 1]


@pytest.mark.parametrize(
    ("place", "size", "path"),
    [
        (0, 1, []),
        (0, 8, [LEFT, SECOND_PAIR, SECOND_HALF]),
        (5, 8, [FIFTH, LAST_PAIR, ROOTS[3]]),
        (2, 3, [ROOTS[1]]),
        (1, 5, [ROOTS[0], SECOND_PAIR, FIFTH]),
    ],
)
def test_published_inclusion_paths(place: int, size: int, path: list[str]) -> None:
    assert [step.hex() for step in inclusion_path(place, size, TREE)] == path


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        (1, 1, []),
        (1, 8, [LEFT, SECOND_PAIR, SECOND_HALF]),
        (6, 8, [THIRD_PAIR, LAST_PAIR, ROOTS[3]]),
        (2, 5, [SECOND_PAIR, FIFTH]),
    ],
)
def test_published_consistency_paths(old: int, new: int, path: list[str]) -> None:
    assert [step.hex() for step in consistency_path(old, new, TREE)] == path


def test_the_verifier_agrees_on_every_path_up_to_70_leaves_and_refuses_each_changed_one() -> None:
    tree = tree_of([str(number).encode() for number in range(70)])
    for size in range(1, 71):
        root = tree(0, size)
        for place in range(size):
            path, leaf = inclusion_path(place, size, tree), leaf_hash(str(place).encode())
            assert verify.root_by_path(leaf, place, size, path) == root
            with pytest.raises(verify.RefusedError):
                verify.root_by_path(leaf, place, size, [*path, bytes(32)])
            for number in range(len(path)):
                wrong = [*path[:number], bytes(32), *path[number + 1 :]]
                assert verify.root_by_path(leaf, place, size, wrong) != root
        for old in range(1, size + 1):
            path = consistency_path(old, size, tree)
            verify.require_extension(old, tree(0, old), size, root, path)
            for wrong_path in [[*path, bytes(32)], *([path[1:]] if path else [])]:
                with pytest.raises(verify.RefusedError):
                    verify.require_extension(old, tree(0, old), size, root, wrong_path)
            with pytest.raises(verify.RefusedError):
                verify.require_extension(old, bytes(32), size, root, path)


def test_a_leaf_cannot_pass_for_a_node() -> None:
    first, second = leaf_hash(b"a"), leaf_hash(b"b")
    assert leaf_hash(first + second) != node_hash(first, second)
    assert all(left != right for left, right in pairwise(ROOTS))
