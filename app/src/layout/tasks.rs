//! The task centre: what was asked for lately, how far it is, and why it failed.

use crate::i18n::text;
use crate::paths;
use crate::ui::{Glyph, Icon, Menu, Progress, When, hide_around};
use api::identity::Me;
use api::operation::{Operation, OperationState};
use leptos::prelude::*;

#[component]
pub(super) fn Tasks(me: Signal<Me>, tasks: Signal<Vec<Operation>>) -> impl IntoView {
    let t = text();
    let running = Memo::new(move |_| {
        tasks.with(|tasks| tasks.iter().filter(|task| task.state == OperationState::Running).count())
    });
    let project = Memo::new(move |_| me.with(|me| me.project));
    let badge = move || {
        let n = running.get();
        (n > 0).then(|| view! { <span class="badge">{n}<span class="unseen">{format!(" {}", (t.ui.tasks_running)(n))}</span></span> })
    };
    let face = move || view! { <Glyph icon=Icon::Tasks/>{badge} };
    let list = move || match tasks.get() {
        tasks if tasks.is_empty() => view! { <p class="tasks-none">{t.ui.no_tasks}</p> }.into_any(),
        tasks => view! { <ul class="tasks">{tasks.into_iter().map(|task| item(project, task)).collect_view()}</ul> }
            .into_any(),
    };
    view! {
        <div class="task-centre">
            <Menu id="tasks" label=t.ui.tasks class="button quiet square" face>
                <p class="menu-title">{t.ui.tasks}</p>
                {list}
            </Menu>
        </div>
    }
}

fn item(project: Memo<api::ProjectId>, task: Operation) -> AnyView {
    let t = text();
    let (icon, word) = match task.state {
        OperationState::Running => (Icon::Clock, t.ui.task_running),
        OperationState::Succeeded => (Icon::Done, t.ui.task_succeeded),
        OperationState::Failed => (Icon::Error, t.ui.task_failed),
    };
    let what = (t.ui.operation)(&task.verb);
    let name = task.target_name.clone();
    let href = move || paths::target(project.get(), task.kind, &task.target);
    let progress = (task.state == OperationState::Running).then(|| {
        let percent = (task.progress > 0).then_some(task.progress);
        view! { <Progress label=what.clone() percent=percent/> }
    });
    view! {
        <li class="task" data-state=task.state.as_str()>
            <Glyph icon/>
            <div class="task-text">
                <p><span>{what.clone()}</span><a href=href on:click=|event| hide_around(&event)>{name}</a><span class="unseen">{format!(" ({word})")}</span></p>
                {progress}
                {task.error.as_ref().map(|error| view! { <p class="task-error">{(t.error.error)(error)}</p> })}
                <p class="task-when">{(t.ui.by)(&task.user_name)}" · "<When at=task.updated_at/></p>
            </div>
        </li>
    }
    .into_any()
}
