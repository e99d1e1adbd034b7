//! Neutron's pages: networks, floating IPs and security groups.

pub mod calls;
mod floating_ip_list;
mod network_create;
mod network_list;
mod network_page;
mod rule_form;
mod security_group_list;
mod security_group_page;
mod starter;

pub use floating_ip_list::FloatingIps;
pub use network_create::NetworkCreatePage;
pub use network_list::Networks;
pub use network_page::NetworkPage;
pub use security_group_list::SecurityGroups;
pub use security_group_page::SecurityGroupPage;
pub use starter::StarterButton;

use crate::i18n::text;
use crate::ui::{StateBadge, Tone};
use api::network::NetStatus;
use leptos::prelude::*;

/// A network thing's status.
fn badge(status: NetStatus) -> impl IntoView {
    let tone = match status {
        NetStatus::Build => Tone::Moving,
        NetStatus::Active => Tone::Good,
        NetStatus::Down => Tone::Neutral,
        NetStatus::Error => Tone::Bad,
    };
    view! { <StateBadge state=status.as_str() tone label=(text().network.status)(status)/> }
}
