"""Lists are narrowed down, sorted and paged by clicks that become addresses; questions are asked by their forms."""

from __future__ import annotations

import csv
import re
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import Look


def test_a_ticked_box_narrows_the_list_down_and_back_widens_it(look: Look) -> None:
    page = look("/browse/goods")
    whole = page.locator("h1 .count").inner_text()
    choice = page.locator(".tick", has_text="4 Quality education")
    count = choice.locator(".count").inner_text()
    choice.get_by_role("checkbox").check()
    page.wait_for_url("**/browse/goods?goal=4")
    expect(page.locator("h1 .count")).to_have_text(count)
    expect(page.get_by_role("checkbox", name="4 Quality education")).to_be_checked()
    page.go_back()
    expect(page.locator("h1 .count")).to_have_text(whole)
    expect(page.get_by_role("checkbox", name="4 Quality education")).not_to_be_checked()


def test_without_scripts_the_form_is_sent_by_its_button(look: Look) -> None:
    page = look("/browse/goods", javascript=False)
    page.get_by_role("checkbox", name="software").check()
    page.get_by_label("Name contains").fill("open")
    page.get_by_role("button", name="Apply").click()
    page.wait_for_url("**/browse/goods?q=open&kind=software")
    page.get_by_role("link", name="software Remove").click()
    page.wait_for_url("**/browse/goods?q=open")


def test_next_previous_and_order_are_links(look: Look) -> None:
    page = look("/browse/goods")
    rows = page.locator("table.list tbody th a")
    first = rows.all_inner_texts()
    page.get_by_role("link", name="Next").click()
    expect(page.get_by_role("link", name="Previous")).to_be_visible()
    assert not set(first) & set(rows.all_inner_texts())
    page.get_by_role("link", name="Previous").click()
    expect(rows.first).to_have_text(first[0])
    page.get_by_role("link", name="Name", exact=False).first.click()
    page.wait_for_url("**/browse/goods?sort=-name")
    expect(rows.first).not_to_have_text(first[0])


def test_a_list_is_downloaded_as_it_is_narrowed_down(look: Look, tmp_path: Path) -> None:
    page = look("/browse/goods?goal=13")
    count = int(page.locator("h1 .count").inner_text())
    body = page.request.get(page.get_by_role("link", name="CSV").get_attribute("href") or "").text()
    assert len(list(csv.DictReader(body.splitlines()))) == count


def test_a_question_is_asked_with_other_values_and_its_address_can_be_shared(look: Look) -> None:
    page = look("/questions/members-on-a-day")
    page.get_by_label("Day").fill("2022-01-01")
    page.get_by_role("button", name="Answer").click()
    page.wait_for_url(re.compile(r"members-on-a-day\?alliance=id%2Forganization%2F[^&]+&day=2022-01-01$"))
    told = page.get_by_role("heading", level=2).first.inner_text()
    assert look(page.url, javascript=False).get_by_role("heading", level=2).first.inner_text() == told
    data = page.request.get(page.get_by_role("link", name="CSV").get_attribute("href") or "").text()
    assert len(data.splitlines()) - 1 == int(told.split()[0])


def test_a_thing_is_chosen_by_its_name_without_scripts(look: Look) -> None:
    page = look("/questions/targets-of-a-good", javascript=False)
    field = page.get_by_label("Digital public good")
    if field.evaluate("e => e.tagName") == "SELECT":
        field.select_option(label="CKAN")
    else:
        field.fill("ckan")
    page.get_by_role("button", name="Answer").click()
    page.wait_for_url(re.compile(r"targets-of-a-good\?good=id(/|%2F)good(/|%2F)\w+$"))


def test_a_column_of_the_first_page_leads_to_the_goods_of_its_goal(look: Look) -> None:
    page = look("/")
    column = page.get_by_role("link", name="13 Climate action", exact=False).first
    column.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/browse/goods?goal=13")
