//! The seats of a class: who sits there, and what they run, with the way to each console.

use super::calls::{ClassReset, SeatCodeRenew, SeatRemove, seat_list};
use super::sheet::SheetView;
use crate::compute::badge;
use crate::i18n::text;
use crate::live::{ReloadWhile, use_live};
use crate::paths;
use crate::project::here;
use crate::ui::{
    Column, Empty, Glyph, Icon, LinkButton, List, Load, Outcomes, Question, RowAction, Rows, StateBadge, Tone,
    answered, list_query,
};
use api::class::{Seat, SeatInstance, SeatState};
use api::{Action, Kind, ProjectId};
use leptos::prelude::*;

#[component]
pub(super) fn Seats(id: Memo<String>, reset: ServerAction<ClassReset>) -> impl IntoView {
    let (t, here, live) = (text(), here(), use_live());
    let query = list_query();
    let (renew, remove) = (ServerAction::<SeatCodeRenew>::new(), ServerAction::<SeatRemove>::new());
    let renewed = answered(renew);
    let page = Resource::new(
        move || (here.project.get(), id.get(), query.get(), live.version(Kind::Class)),
        |(project, id, query, _)| seat_list(project, id, query),
    );
    let columns = vec![
        Column::new("name", t.class.student, |seat: &Seat| seat.name.clone()).sortable(),
        Column::new("user", t.class.user, user),
        Column::new("state", t.common.status, state).sortable(),
        Column::new("instances", t.common.instances, |seat: &Seat| {
            let project = seat.project.as_ref().map(|(id, _)| *id);
            project.map(|project| instances(project, &seat.instances))
        })
        .wraps(),
        Column::new("project", t.common.project, |seat: &Seat| match &seat.project {
            Some((id, name)) => view! { <a href=paths::overview(*id) rel="external">{name.clone()}</a> }.into_any(),
            None => view! { <span class="faint">{text().class.gone}</span> }.into_any(),
        }),
    ];
    let rows = Rows::new(|seat: &Seat| seat.id.to_string(), |seat| seat.name.clone()).actions(move |seat| {
        let (t, fields) = (text(), vec![("project", here.project.get()), ("id", seat.id.to_string())]);
        let of_class = vec![("project", here.project.get()), ("id", id.get()), ("seat", seat.id.to_string())];
        let confirmed = [fields.clone(), vec![("confirm", seat.name.clone())]].concat();
        let held = seat.instances.iter().map(|instance| instance.name.clone()).collect();
        let busy = (seat.state == SeatState::Removing).then(|| t.class.removing.to_owned());
        let nobody = seat.user.is_none().then(|| t.class.gone.to_owned());
        vec![
            RowAction::post(t.class.new_code, Icon::KeyPair, renew, fields)
                .confirm(Question::new((t.class.new_code_title)(&seat.name), t.class.new_code_body))
                .disabled_because(busy.clone().or(nobody)),
            RowAction::post(t.class.reset, Icon::Reboot, reset, of_class)
                .confirm(Question::new((t.class.reset_title)(&seat.name), t.class.reset_body))
                .disabled_because(busy.clone()),
            RowAction::post(t.class.remove_seat, Icon::Delete, remove, confirmed)
                .confirm(
                    Question::new((t.ui.delete_named)(&seat.name), t.class.remove_seat_body)
                        .also(held)
                        .typed(&seat.name),
                )
                .disabled_because(busy),
        ]
    });
    let add = move || paths::with_query(&paths::class_text(here.id(), &id.get_untracked()), &[("tab", "joining")]);
    let statuses = SeatState::ALL.map(|state| (state.as_str(), (t.class.state)(state))).to_vec();
    view! {
        {move || renewed.get().map(|sheet| view! { <SheetView sheet/> })}
        <Outcomes calls=vec![renew.into(), remove.into()]/>
        <Load from=page let:page>
            <ReloadWhile moving=Signal::derive(move || page.with(|page| page.items.iter().any(is_moving)))/>
            <List
                label=t.class.seats page query columns=columns.clone() rows=rows.clone() default_sort="name" statuses=statuses.clone()
                empty=move || view! {
                    <Empty icon=Icon::User title=t.class.no_seats hint=t.class.no_seats_hint>
                        <LinkButton href=add() icon=Some(Icon::Add)>{t.class.add_seats}</LinkButton>
                    </Empty>
                }
            />
        </Load>
    }
}

fn is_moving(seat: &Seat) -> bool {
    seat.state.is_moving() || seat.instances.iter().any(|instance| instance.state.is_moving())
}

fn user(seat: &Seat) -> AnyView {
    let (t, here) = (text(), here());
    let Some((id, name)) = seat.user.clone() else {
        return view! { <span class="faint">{t.class.gone}</span> }.into_any();
    };
    let name = match here.allows(Action::ReadUsers) {
        true => view! { <a href=paths::user(here.id(), id)>{name}</a> }.into_any(),
        false => name.into_any(),
    };
    let unclaimed = seat.unclaimed.then(|| view! { <span class="cell-note">{t.class.password_unset}</span> });
    view! { {name}{unclaimed} }.into_any()
}

fn state(seat: &Seat) -> AnyView {
    let t = text();
    let tone = match seat.state {
        SeatState::Ready => Tone::Good,
        SeatState::Failed => Tone::Bad,
        _ => Tone::Moving,
    };
    let fault = seat.fault.as_ref().map(|error| view! { <p class="cell-note">{(t.error.error)(error)}</p> });
    view! { <StateBadge state=seat.state.as_str() tone label=(t.class.state)(seat.state)/>{fault} }.into_any()
}

/// Each with its state and the way to its console, in the seat's own project.
fn instances(project: ProjectId, instances: &[SeatInstance]) -> AnyView {
    let t = text();
    if instances.is_empty() {
        return view! { <span class="faint">{t.class.idle}</span> }.into_any();
    }
    let instance = |instance: &SeatInstance| {
        let href = paths::with_query(&paths::instance(project, instance.id), &[("tab", "console")]);
        let (name, label) = (instance.name.clone(), (t.class.console_of)(&instance.name));
        view! {
            <span class="seat-instance">
                <a href=href rel="external" aria-label=label.clone() title=label><Glyph icon=Icon::Console/><span>{name}</span></a>
                {badge(instance.state)}
            </span>
        }
    };
    instances.iter().map(instance).collect_view().into_any()
}
