"""The language in force, and messages in it."""

import threading

import pytest

from bioloom.errors import UnknownName
from bioloom.run.language import (
    LANGUAGES,
    language_in_force,
    language_of,
    listed,
    mark,
    tr,
    use_language,
)


def test_english_is_the_message_itself_with_its_gaps_filled():
    assert language_in_force() == "en"
    assert tr("{margin} to spare", margin="37 aa") == "37 aa to spare"
    assert tr("{distance} nt away", distance=5) == "5 nt away"


def test_chinese_comes_from_the_catalogue_and_english_comes_back():
    with use_language("zh"):
        assert tr("{margin} to spare", margin="37 aa") == "余量37 aa"
        with use_language("en"):
            assert tr("unpaired") == "unpaired"
        assert tr("unpaired") == "未配对"
    assert tr("unpaired") == "unpaired"


def test_english_comes_back_after_an_error():
    with pytest.raises(ZeroDivisionError), use_language("zh"):
        raise ZeroDivisionError
    assert language_in_force() == "en"


def test_another_thread_keeps_its_language():
    seen = []
    with use_language("zh"):
        thread = threading.Thread(target=lambda: seen.append(language_in_force()))
        thread.start()
        thread.join()
    assert seen == ["en"]


def test_an_unknown_language_is_an_error_that_names_ours():
    with pytest.raises(UnknownName, match="found no language 'fr'.*'en', 'zh'"):
        use_language("fr").__enter__()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("words", ["", "a {brace} % s", "{", "a user's name"])
def test_words_that_no_catalogue_holds_stay_as_they_are(language, words):
    with use_language(language):
        assert tr(words) == words
    assert mark(words) is words


def test_braces_in_a_value_are_no_gaps():
    assert tr("{distance} nt away", distance="{x}") == "{x} nt away"


def test_a_list_has_the_language_s_commas():
    assert listed(["a", "b"]) == "a, b"
    with use_language("zh"):
        assert listed(["a", "b"]) == "a、b"


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": ""}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh"}, "zh"),
        ({"LANG": "zh_Hans_SG.UTF-8@pinyin"}, "zh"),
        ({"LANG": "zh@stroke"}, "zh"),
        ({"LANG": "zha_CN"}, "en"),
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LANG": "fr_FR.UTF-8"}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LC_ALL": "en_US.UTF-8", "LANG": "zh_CN.UTF-8"}, "en"),
        ({"LC_MESSAGES": "zh_CN.UTF-8", "LANG": "en_US.UTF-8"}, "zh"),
        ({"LC_ALL": "zh_CN.UTF-8", "LC_MESSAGES": "en_US.UTF-8"}, "zh"),
        ({"LC_ALL": "", "LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LC_CTYPE": "zh_CN.UTF-8"}, "en"),
        ({"LANGUAGE": "fr:zh_CN:en", "LANG": "fr_FR.UTF-8"}, "zh"),
        ({"LANGUAGE": "en_GB:zh", "LANG": "zh_CN.UTF-8"}, "en"),
        ({"LANGUAGE": "zh", "LC_ALL": "C"}, "en"),  # C asks for no translation
        ({"LANGUAGE": "zh"}, "en"),
    ],
)
def test_the_locale_s_language(environment, language):
    assert language_of(environment) == language
