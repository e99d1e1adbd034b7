//! What the list and the page of an instance share: its state, its addresses and what can be done with it.

use super::calls::{InstanceDelete, InstanceReboot, InstanceStart, InstanceStop};
use crate::i18n::text;
use crate::paths;
use crate::project::Here;
use crate::ui::{Call, Icon, Question, RowAction, StateBadge, Tone};
use api::compute::{Address, Instance, State, Status, Verb};
use leptos::prelude::*;

/// What a state means to the person looking.
fn tone(state: State) -> Tone {
    match state.status {
        _ if state.is_moving() => Tone::Moving,
        Status::Active => Tone::Good,
        Status::Shutoff => Tone::Neutral,
        Status::Paused => Tone::Attention,
        Status::Error => Tone::Bad,
        Status::Build | Status::Reboot | Status::HardReboot => Tone::Moving,
    }
}

/// The status, with the task under way.
pub fn badge(state: State) -> impl IntoView {
    let t = text();
    let detail = state.task.map(|task| (t.compute.tasks)(task).to_owned());
    view! { <StateBadge state=state.status.as_str() tone=tone(state) label=(t.compute.status)(state.status) detail/> }
}

/// Fixed addresses, each with the floating IP in front of it.
pub fn addresses(addresses: &[Address]) -> impl IntoView + use<> {
    let address = |address: &Address| {
        let floating = address.floating.clone().map(|floating| view! { <code class="floating">{floating}</code> });
        view! { <span class="address"><code title=address.network.clone()>{address.address.clone()}</code>{floating}</span> }
    };
    addresses.iter().map(address).collect_view()
}

/// What can be done with instances.
#[derive(Clone, Copy)]
pub struct Verbs {
    start: ServerAction<InstanceStart>,
    stop: ServerAction<InstanceStop>,
    reboot: ServerAction<InstanceReboot>,
    delete: ServerAction<InstanceDelete>,
}

impl Verbs {
    pub fn new() -> Self {
        Self {
            start: ServerAction::new(),
            stop: ServerAction::new(),
            reboot: ServerAction::new(),
            delete: ServerAction::new(),
        }
    }

    /// All of them, for the notices of what went wrong.
    pub fn calls(self) -> Vec<Call> {
        vec![self.start.into(), self.stop.into(), self.reboot.into(), self.delete.into()]
    }

    /// What can be done with this one; what cannot be done now says why.
    pub fn actions(self, here: Here, instance: &Instance) -> Vec<RowAction> {
        let (t, name) = (text(), &instance.name);
        let id = instance.id.to_string();
        let fields = || vec![("project", here.project.get()), ("id", id.clone())];
        let reboot = |hard: bool| [fields(), vec![("hard", hard.to_string())]].concat();
        let refused = |verb: Verb| instance.state.can(verb).err().map(t.error.refusal);
        let why = |verb: Verb| here.read_only().or_else(|| refused(verb));
        let label = t.compute.verb;
        let page = paths::instance(here.id(), instance.id);

        let start = RowAction::post(label(Verb::Start), Icon::Start, self.start, fields());
        let snapshot =
            RowAction::link(label(Verb::Snapshot), Icon::Image, paths::instance_snapshot(here.id(), instance.id));
        let metadata =
            RowAction::link(t.compute.metadata_edit, Icon::Edit, paths::instance_properties(here.id(), instance.id));
        let console = RowAction::link(label(Verb::Console), Icon::Console, format!("{page}?tab=console"));
        let reboot_soft = RowAction::post(label(Verb::Reboot), Icon::Reboot, self.reboot, reboot(false));
        let stop = RowAction::post(label(Verb::Stop), Icon::Stop, self.stop, fields())
            .confirm(Question::new((t.compute.stop_title)(name), t.compute.stop_body).undoable());
        let reboot_hard = RowAction::post(label(Verb::HardReboot), Icon::Power, self.reboot, reboot(true))
            .confirm(Question::new((t.compute.hard_reboot_title)(name), t.compute.hard_reboot_body).undoable());
        let floating = instance.addresses.iter().filter_map(|address| address.floating.as_ref());
        let freed = floating.map(|floating| (t.compute.delete_frees)(floating)).collect();
        let delete = RowAction::post(label(Verb::Delete), Icon::Delete, self.delete, fields())
            .confirm(Question::new((t.compute.delete_title)(name), t.compute.delete_body).also(freed));
        vec![
            start.disabled_because(why(Verb::Start)),
            console.disabled_because(why(Verb::Console)),
            reboot_soft.disabled_because(why(Verb::Reboot)),
            stop.disabled_because(why(Verb::Stop)),
            reboot_hard.disabled_because(why(Verb::HardReboot)),
            snapshot.disabled_because(why(Verb::Snapshot)),
            metadata.disabled_because(here.read_only()),
            delete.disabled_because(why(Verb::Delete)),
        ]
    }
}
