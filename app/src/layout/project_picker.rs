//! Which project the page is about, and the way to the same page of another.

use crate::i18n::text;
use crate::paths;
use crate::ui::{Glyph, Icon, Menu, MenuLink};
use api::identity::{Me, Membership};
use api::{Action, ProjectId};
use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// From how many projects on a search field helps.
const MANY: usize = 8;

#[component]
pub(super) fn ProjectPicker(me: Signal<Me>) -> impl IntoView {
    let t = text();
    let path = use_location().pathname;
    let typed = RwSignal::new(String::new());
    let memberships = Memo::new(move |_| me.with(|me| (me.project, me.memberships.clone())));
    let more = Memo::new(move |_| {
        me.with(|me| (me.memberships_more && me.actions.contains(&Action::ReadProjects)).then_some(me.project))
    });
    let list = move || {
        let (current, memberships) = memberships.get();
        let search = (memberships.len() >= MANY).then(|| {
            view! {
                <input class="input menu-search scripted" type="search" autocomplete="off" aria-label=t.ui.find_project placeholder=t.ui.find_project
                    on:input=move |event| typed.set(event_target_value(&event))/>
            }
        });
        let link = move |membership: Membership| {
            let Membership { project, project_name, role } = membership;
            let lower = project_name.to_lowercase();
            let hidden = move || typed.with(|typed| !lower.contains(&typed.trim().to_lowercase()));
            let href = Signal::derive(move || path.with(|path| paths::in_project(path, project)));
            view! {
                <li hidden=hidden>
                    <MenuLink href current=project == current afresh=true>{project_name}<span class="menu-detail">{(t.identity.role)(role)}</span></MenuLink>
                </li>
            }
        };
        let all = move || {
            more.get().map(|project| {
                view! { <li><MenuLink href=paths::projects(project)>{t.ui.all_projects}</MenuLink></li> }
            })
        };
        view! { {search}<ul class="menu-list">{memberships.into_iter().map(link).collect_view()}{all}</ul> }
    };
    let face = move || {
        view! { <Glyph icon=Icon::Project/><span class="picker-name">{move || me.with(|me| if me.project == ProjectId::NOWHERE { t.identity.no_project.to_owned() } else { me.project_name.clone() })}</span><Glyph icon=Icon::Down/> }
    };
    view! { <div class="picker"><Menu id="projects" label=t.ui.choose_project class="button quiet" face>{list}</Menu></div> }
}
