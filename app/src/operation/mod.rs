//! What has been asked for: the history that people see.

pub mod calls;

use crate::i18n::text;
use crate::live::use_live;
use crate::paths;
use crate::project::here;
use crate::ui::{Column, Load, Progress, Rows, StateBadge, Table, Tone, When};
use api::Kind;
use api::operation::{Operation, OperationState};
use leptos::prelude::*;

/// Operations as a table, newest first. `targets`: whether each says what it was about; on the thing's own page nobody asks.
#[component]
pub fn OperationTable(
    #[prop(into)] label: String,
    #[prop(into)] items: Signal<Vec<Operation>>,
    targets: bool,
) -> impl IntoView {
    let (t, here) = (text(), here());
    let target = targets.then(|| {
        Column::new("target", t.operation.target, move |operation: &Operation| {
            let name = operation.target_name.clone();
            let href = paths::target(here.id(), operation.kind, &operation.target);
            view! { <span class="faint">{(t.error.kind)(operation.kind)}</span>" "<a href=href>{name}</a> }
        })
    });
    let columns = [
        Some(Column::new("what", t.operation.what, |operation: &Operation| (text().ui.operation)(&operation.verb))),
        target,
        Some(Column::new("status", t.operation.result, outcome)),
        Some(Column::new("user", t.operation.user, |operation: &Operation| operation.user_name.clone())),
        Some(Column::new(
            "created",
            t.operation.when,
            |operation: &Operation| view! { <When at=operation.created_at/> },
        )),
    ];
    let rows = Rows::new(|operation: &Operation| operation.id.to_string(), |operation| operation.target_name.clone());
    view! { <Table label columns=columns.into_iter().flatten().collect() rows items/> }
}

fn outcome(operation: &Operation) -> AnyView {
    let t = text();
    let (tone, word) = match operation.state {
        OperationState::Running => (Tone::Moving, t.ui.task_running),
        OperationState::Succeeded => (Tone::Good, t.ui.task_succeeded),
        OperationState::Failed => (Tone::Bad, t.ui.task_failed),
    };
    let percent = (operation.progress > 0).then_some(operation.progress);
    let running = (operation.state == OperationState::Running).then(|| view! { <Progress label=word percent/> });
    let error = operation.error.as_ref().map(|error| view! { <p class="cell-note">{(t.error.error)(error)}</p> });
    view! { <StateBadge state=operation.state.as_str() tone label=word/>{running}{error} }.into_any()
}

/// What has been asked of one thing.
#[component]
pub fn TargetOperations(kind: Kind, target: Memo<String>) -> impl IntoView {
    let (t, here, live) = (text(), here(), use_live());
    let operations = Resource::new(
        move || (here.project.get(), target.get(), live.version(Kind::Operation)),
        move |(project, target, _)| calls::operation_list_of(project, kind, target),
    );
    view! {
        <Load from=operations let:items>
            <OperationTable label=t.compute.action_log items targets=false/>
        </Load>
    }
}
