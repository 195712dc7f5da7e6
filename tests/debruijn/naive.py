"""Slow obvious twins: k-mers in a dict, unitigs by joining strings."""

from collections import Counter

from bioloom.seq.alphabet import reverse_complement


def canonical(text):
    return min(text, reverse_complement(text))


def counted(sequences, k):
    words = (s[i : i + k] for s in sequences for i in range(len(s) - k + 1))
    return Counter(canonical(one) for one in words if set(one) <= set("ACGT"))


def followers(word, known):
    return [word[1:] + b for b in "ACGT" if canonical(word[1:] + b) in known]


def next_of(word, known):
    """The one k-mer after this one, if it has no other before it."""
    after = followers(word, known)
    if len(after) != 1 or len(followers(reverse_complement(after[0]), known)) != 1:
        return None
    return None if canonical(after[0]) == canonical(word) else after[0]


def unitigs(known):
    """Sequences of all maximal unbranched paths, circles turned to the least."""
    left, found = set(known), []
    for word in sorted(known):
        if word not in left:
            continue
        path = [word]
        left.discard(word)
        while (after := next_of(path[-1], known)) and canonical(after) in left:
            path.append(after)
            left.discard(canonical(after))
        is_circle = next_of(path[-1], known) == word and len(path) > 1
        while not is_circle and (before := next_of(reverse_complement(path[0]), known)):
            if canonical(before) not in left:
                break
            path.insert(0, reverse_complement(before))
            left.discard(canonical(before))
        found.append(path[0] + "".join(one[-1] for one in path[1:]))
    return sorted(same(one, len(word)) for one in found)


def same(text, k):
    """One text for a path, its opposite and, of a circle, its turns."""
    if text[: k - 1] != text[1 - k :] or len(text) < k:
        return canonical(text)
    ring = text[: len(text) - k + 1]
    turns = [
        x[i:] + x[:i] for x in (ring, reverse_complement(ring)) for i in range(len(x))
    ]
    return min(turns)
