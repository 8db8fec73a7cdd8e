"""The search field of the header, with the keyboard alone, and without scripts."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import Look, accessibility_faults


def test_slash_goes_to_the_field_and_arrows_and_enter_to_a_suggestion(look: Look) -> None:
    page = look("/browse")
    page.keyboard.press("/")
    box = page.get_by_role("combobox", name="Search the graph")
    expect(box).to_be_focused()
    expect(box).to_have_value("")
    page.keyboard.type("climate ac")
    options = page.get_by_role("option")
    expect(options.first).to_contain_text("Climate action")
    expect(box).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    expect(box).to_have_attribute("aria-activedescendant", "suggestion-0")
    assert not accessibility_faults(page)
    page.keyboard.press("Enter")
    expect(page).to_have_url("/resource?iri=http%3A%2F%2Fmetadata.un.org%2Fsdg%2F13")


def test_escape_closes_the_suggestions_and_enter_searches(look: Look) -> None:
    page = look("/")
    box = page.get_by_role("combobox", name="Search the graph")
    box.press_sequentially("climate")
    expect(page.get_by_role("option").first).to_be_visible()
    box.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(box).to_have_value("climate")
    box.press("Enter")
    expect(page).to_have_url("/search?q=climate")
    expect(page.locator(".found mark").first).to_have_text("Climate", ignore_case=True)


def test_slash_is_a_letter_in_a_field(look: Look) -> None:
    page = look("/search?q=climate")
    box = page.get_by_role("combobox", name="Search the graph")
    box.focus()
    page.keyboard.press("End")
    page.keyboard.type("/")
    expect(box).to_have_value("climate/")


def test_a_suggestion_can_be_clicked(look: Look) -> None:
    page = look("/")
    page.get_by_role("combobox", name="Search the graph").press_sequentially("climate act")
    page.get_by_role("option").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Climate action")


def test_without_scripts_it_is_a_form(look: Look) -> None:
    page = look("/", javascript=False)
    page.locator("#q").fill("climate")
    page.keyboard.press("Enter")
    expect(page.locator(".found a").first).to_contain_text("Climate")
