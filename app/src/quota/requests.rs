//! Requests for more, and what became of them.

use super::amount;
use super::calls::{QuotaRequestDecide, quota_request_list, quota_request_list_all};
use crate::i18n::text;
use crate::live::use_live;
use crate::paths;
use crate::project::here;
use crate::ui::{
    Button, Call, Column, Confirm, Empty, Hidden, Icon, List, Load, Outcomes, Question, Rows, StateBadge, Tone,
    Variant, When, list_query,
};
use api::quota::{QuotaRequest, RequestState};
use api::{Action, Kind};
use leptos::prelude::*;

fn badge(state: RequestState) -> AnyView {
    let tone = match state {
        RequestState::Open => Tone::Attention,
        RequestState::Approved => Tone::Good,
        RequestState::Refused => Tone::Bad,
    };
    view! { <StateBadge state=state.as_str() tone label=(text().quota.states)(state)/> }.into_any()
}

/// The project's requests, or everybody's with the buttons to answer.
#[component]
pub fn Requests(all: bool, #[prop(into)] again: Signal<usize>) -> impl IntoView {
    let (t, here, live) = (text(), here(), use_live());
    let query = list_query();
    let decide = ServerAction::<QuotaRequestDecide>::new();
    let versions = move || (live.version(Kind::Quota), again.get(), decide.version().get());
    let page = Resource::new(
        move || (here.project.get(), query.get(), versions()),
        move |(project, query, _)| async move {
            match all {
                true => quota_request_list_all(project, query).await,
                false => quota_request_list(project, query).await,
            }
        },
    );
    let project = Column::new("project", t.directory.project, move |it: &QuotaRequest| {
        view! { <a href=paths::project(here.id(), it.project)>{it.project_name.clone()}</a> }
    });
    let columns = [
        all.then_some(project),
        Some(Column::new("resource", t.quota.resource, |it: &QuotaRequest| crate::overview::naming(it.resource).0)),
        Some(Column::new("asked", t.quota.asked, |it: &QuotaRequest| {
            format!("{} → {}", amount(it.resource, it.held), amount(it.resource, it.asked))
        })),
        Some(
            Column::new("reason", t.quota.reason, |it: &QuotaRequest| {
                view! { <span>{it.reason.clone()}</span><p class="cell-note">{(text().ui.by)(&it.user_name)}</p> }
            })
            .wraps(),
        ),
        Some(Column::new("status", t.common.status, move |it: &QuotaRequest| {
            let t = text();
            let by = it.decided_by.as_ref().map(|by| view! { <p class="cell-note">{(t.quota.answered_by)(by)}</p> });
            let answer = (!it.answer.is_empty()).then(|| view! { <p class="cell-note">{it.answer.clone()}</p> });
            let open = (all && it.state == RequestState::Open).then(|| view! { <Decide request=it.clone() decide/> });
            view! { {badge(it.state)}{by}{answer}{open} }
        })),
        Some(
            Column::new("created", t.common.created, |it: &QuotaRequest| view! { <When at=it.created_at/> }).sortable(),
        ),
    ];
    let columns: Vec<_> = columns.into_iter().flatten().collect();
    let rows = Rows::new(|it: &QuotaRequest| it.id.to_string(), |it| it.project_name.clone());
    let statuses = RequestState::ALL.map(|state| (state.as_str(), (t.quota.states)(state))).to_vec();
    view! {
        <Outcomes calls=vec![decide.into()]/>
        <Load from=page let:page>
            <List
                label=t.quota.requests page query columns=columns.clone() rows=rows.clone() default_sort="-created" statuses=statuses.clone()
                empty=move || view! { <Empty icon=Icon::Quota title=t.quota.no_requests hint=if all { t.quota.no_requests_all_hint } else { t.quota.no_requests_hint }/> }
            />
        </Load>
    }
}

/// Approving at once; refusing with a word about why.
#[component]
fn Decide(request: QuotaRequest, decide: ServerAction<QuotaRequestDecide>) -> impl IntoView {
    let (t, here) = (text(), here());
    let refused = here.not_allowed(Action::ManageQuotas);
    let call = Call::from(decide);
    let (url, id) = (call.url.clone(), request.id.to_string());
    let dialog = format!("refuse-{id}");
    let fields = vec![("project", here.project.get_untracked()), ("id", id.clone()), ("approve", "false".to_owned())];
    let question = Question::new((t.quota.refuse_title)(&request.project_name), t.quota.refuse_body);
    let question = question.word("reply", t.quota.answer).undoable();
    view! {
        <div class="button-row">
            <form method="post" action=url on:submit=move |event| call.submit(event)>
                <Hidden name="project" value=here.project.get_untracked()/>
                <Hidden name="id" value=id/>
                <Hidden name="approve" value="true"/>
                <Button icon=Some(Icon::Check) disabled_because=refused.clone()>{t.quota.approve}</Button>
            </form>
            <Button kind="button" variant=Variant::Quiet opens=dialog.clone() disabled_because=refused>{t.quota.refuse}</Button>
        </div>
        <Confirm id=dialog call=decide fields question button=t.quota.refuse/>
    }
}
