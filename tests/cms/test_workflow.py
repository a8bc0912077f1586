"""Separation of duties: who writes does not approve, nobody passes two stages, reviewers sign without publish rights."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import PermissionDenied
from wagtail.models import GroupPagePermission, Workflow, WorkflowPage, WorkflowTask

from channels.models import EditionRecord, Item
from cms import workflows
from cms.models import ContentPage, ReviewTask
from tests.factories import make_page, make_user, sign

pytestmark = pytest.mark.django_db


def member(username, *groups):
    user = make_user(username)
    user.groups.set(groups)
    return user


@pytest.fixture
def reviewers():
    group = Group.objects.create(name="审核")
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    return group


@pytest.fixture
def page(reviewers):
    return make_page()


@pytest.fixture
def writer(page):
    group = Group.objects.create(name="编辑")
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    for codename in ("add_page", "change_page"):
        GroupPagePermission.objects.create(
            group=group, page=page.get_parent(), permission=Permission.objects.get(codename=codename)
        )
    return member("bianji", group)


def submit(page, writer, reviewers, *, stages=1, title="审核过的标题"):
    """`page` with a new revision of `writer` in a workflow of so many stages; returns the workflow's state."""
    workflow = Workflow.objects.create(name="稿件签发")
    for order in range(stages):
        task = ReviewTask.objects.create(name=f"第{order + 1}审")
        task.groups.add(reviewers)
        WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=order)
    WorkflowPage.objects.create(page=page.get_parent(), workflow=workflow)
    page.title = title
    page.save_revision(user=writer)
    return workflow.start(page, writer)


def act(page, user, action="approve"):
    """What the approve and reject buttons do."""
    page = ContentPage.objects.get(pk=page.pk).specific
    page.current_workflow_task.specific.on_action(page.current_workflow_task_state, user, action)


def offered(page, user):
    page = ContentPage.objects.get(pk=page.pk).specific
    return {name for name, _, _ in page.current_workflow_task.specific.get_actions(page, user)}


def test_the_reviewer_signs_without_publish_permission(page, writer, reviewers):
    reviewer = member("shenhe", reviewers)
    submit(page, writer, reviewers)
    assert not page.permissions_for_user(reviewer).can_publish()
    assert offered(page, reviewer) == {"approve", "reject"}
    act(page, reviewer)
    record = EditionRecord.objects.get()
    assert record.edition().headline == "审核过的标题"
    assert record.signed_by == "shenhe"
    assert ContentPage.objects.get(pk=page.pk).live


def test_the_writer_cannot_approve_his_own_item(page, writer, reviewers):
    writer.groups.add(reviewers)
    submit(page, writer, reviewers)
    assert offered(page, writer) == {"reject"}
    with pytest.raises(PermissionDenied, match="须由他人审核"):
        act(page, writer)
    assert not Item.objects.exists()


def test_who_submits_the_text_of_another_cannot_approve_it(page, writer, reviewers):
    submitter = member("shenhe", reviewers)
    state = submit(page, writer, reviewers)
    state.requested_by = submitter
    state.save()
    assert offered(page, submitter) == {"reject"}


def test_a_superuser_cannot_approve_his_own_item(page, reviewers):
    chief = make_user("admin", superuser=True)
    submit(page, chief, reviewers)
    assert offered(page, chief) == {"reject"}


def test_who_edited_during_the_review_cannot_approve(page, writer, reviewers):
    reviewer = member("shenhe", reviewers)
    submit(page, writer, reviewers)
    draft = page.get_latest_revision_as_object()
    draft.title = "审核人改的标题"
    draft.save_revision(user=reviewer)
    assert offered(page, reviewer) == {"reject"}
    assert offered(page, member("fushen", reviewers)) == {"approve", "reject"}


def test_opening_and_saving_without_a_change_is_no_authorship(page, writer, reviewers):
    reviewer = member("shenhe", reviewers)
    submit(page, writer, reviewers)
    page.get_latest_revision_as_object().save_revision(user=reviewer)
    assert offered(page, reviewer) == {"approve", "reject"}
    act(page, reviewer)
    assert EditionRecord.objects.get().edition().headline == "审核过的标题"


def test_changing_where_it_goes_is_authorship(page, writer, reviewers):
    reviewer = member("shenhe", reviewers)
    submit(page, writer, reviewers)
    draft = page.get_latest_revision_as_object()
    draft.outlet_choices = {"feed": {"wanted": True, "reason": ""}}
    draft.save_revision(user=reviewer)
    assert offered(page, reviewer) == {"reject"}


def test_nobody_passes_two_stages_of_one_item(page, writer, reviewers):
    first, second, third = (member(name, reviewers) for name in ("chushen", "fushen", "zhongshen"))
    submit(page, writer, reviewers, stages=3)
    act(page, first)
    assert offered(page, first) == {"reject"}
    with pytest.raises(PermissionDenied, match="另一环节"):
        act(page, first)
    act(page, second)
    assert not Item.objects.exists()
    act(page, third)
    assert EditionRecord.objects.get().signed_by == "zhongshen"


def test_authorship_ends_with_the_signing(page, writer, reviewers):
    """Who wrote the first edition may review the next one, that somebody else wrote."""
    reviewer = member("shenhe", reviewers)
    page.save_revision(user=reviewer)
    sign(page, member("other", reviewers))
    submit(page, writer, reviewers, title="另一版")
    assert workflows.objection(ContentPage.objects.get(pk=page.pk).specific, reviewer) == ""


def test_a_stranger_is_offered_nothing(page, writer, reviewers):
    submit(page, writer, reviewers)
    assert offered(page, make_user()) == set()


def test_an_edit_after_the_first_approval_asks_for_it_again(page, writer, reviewers):
    first, second = member("chushen", reviewers), member("fushen", reviewers)
    state = submit(page, writer, reviewers, stages=2)
    act(page, first)
    draft = ContentPage.objects.get(pk=page.pk).specific.get_latest_revision_as_object()
    draft.title = "复审改的标题"
    draft.save_revision(user=second)
    act(page, member("zhongshen", reviewers))
    state.refresh_from_db()
    assert not Item.objects.exists(), "the first stage has not seen this text"
    assert state.status == state.STATUS_IN_PROGRESS


def test_without_a_workflow_nothing_stands_against_anybody(page, writer):
    assert workflows.objection(page, writer) == ""
