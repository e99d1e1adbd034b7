//! Where a page is: the project of the address, who looks at it, and the frame around.

use crate::Fail;
use crate::account::SessionWatch;
use crate::i18n::text;
use crate::identity::calls::me_show;
use crate::layout::{ErrorPage, Frame, SignInFrame};
use crate::live::{Offline, provide_live};
use crate::operation::calls::operation_list;
use crate::ui::switch;
use api::identity::Me;
use api::operation::Operation;
use api::{Action, DomainId, Error, Kind, ProjectId, Role};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::components::Outlet;
use leptos_router::hooks::use_params_map;
use uuid::Uuid;

/// What every page inside a project knows. Another project is another page load, so none of it changes under a page's feet.
#[derive(Clone, Copy)]
pub struct Here {
    /// The project as the address writes it: for server functions.
    pub project: Memo<String>,
    me: Signal<Option<Me>>,
}

/// Where the page is. Call it in a component's body.
pub fn here() -> Here {
    let nowhere = || Here { project: Memo::new(|_| String::new()), me: Signal::stored(None) };
    use_context().unwrap_or_else(nowhere)
}

impl Here {
    /// The project, for links.
    pub fn id(self) -> ProjectId {
        self.project.with_untracked(|project| project.parse().unwrap_or(ProjectId(Uuid::nil())))
    }

    /// The domain that new things belong to where nobody says another.
    pub fn domain(self) -> Option<DomainId> {
        self.me.with_untracked(|me| me.as_ref().map(|me| me.domain))
    }

    /// Whether the policy allows it here.
    pub fn allows(self, action: Action) -> bool {
        self.me.with_untracked(|me| me.as_ref().is_none_or(|me| me.actions.contains(&action)))
    }

    /// Why nothing can be changed here, for those whose role only lets them look.
    pub fn read_only(self) -> Option<String> {
        self.needs(Action::Write, Role::Member)
    }

    /// Why something that takes more than working in the project cannot be done here.
    pub fn not_allowed(self, action: Action) -> Option<String> {
        self.needs(action, Role::Admin)
    }

    /// The same for what every member may do.
    pub fn not_allowed_below_member(self, action: Action) -> Option<String> {
        self.needs(action, Role::Member)
    }

    fn needs(self, action: Action, role: Role) -> Option<String> {
        (!self.allows(action)).then(|| (text().error.error)(&Error::Forbidden { needs: role.to_string() }))
    }
}

/// A parameter of the address, such as `id`.
pub fn parameter(name: &'static str) -> Memo<String> {
    let params = use_params_map();
    Memo::new(move |_| params.with(|params| params.get(name)).unwrap_or_default())
}

/// The frame of every page inside a project, with the page in it.
///
/// No resource: below a `Transition` the router's outlet would make the page several times, and each time its resources with other ids
/// than the browser expects.
#[component]
pub fn ProjectFrame() -> impl IntoView {
    let project = parameter("project");
    let (me, tasks, mark) = match SharedValue::new(crate::backend::arrival).into_inner() {
        Some((me, tasks, mark)) => (Some(me), tasks, Some(mark)),
        None => (None, Vec::new(), None),
    };
    let live = provide_live(project, mark);
    let (known, tasks) = (RwSignal::new(me), RwSignal::new(tasks));
    let versions = move || (live.version(Kind::User), live.version(Kind::Project));
    follow(project, versions, known.with_untracked(Option::is_some), me_show, move |me| known.set(Some(me)));
    follow(
        project,
        move || live.version(Kind::Operation),
        true,
        operation_list,
        move |newest| {
            newest.into_iter().for_each(|newest| tasks.set(newest));
        },
    );
    let me = Memo::new(move |last: Option<&Option<Me>>| match known.get() {
        Some(Ok(me)) => Some(me),
        _ => last.cloned().flatten(),
    });
    provide_context(Here { project, me: me.into() });
    let failed = Memo::new(move |_| known.with(|known| known.as_ref()?.as_ref().err().map(|fail| fail.0.clone())));
    let is_known = Memo::new(move |_| me.with(Option::is_some));
    // A session that has ended leaves the page as it is: there may be something in its forms.
    let ended = Memo::new(move |_| is_known.get() && failed.with(|error| *error == Some(Error::Unauthenticated)));
    let failure = Memo::new(move |_| failed.get().filter(|_| !ended.get()));
    switch(move || match (failure.get(), is_known.get()) {
        (Some(error), _) => view! { <SignInFrame><ErrorPage error/></SignInFrame> }.into_any(),
        (None, true) => framed(me, tasks, ended).into_any(),
        (None, false) => ().into_any(),
    })
}

fn framed(me: Memo<Option<Me>>, tasks: RwSignal<Vec<Operation>>, ended: Memo<bool>) -> Option<impl IntoView> {
    let first = me.get_untracked()?;
    let me = Signal::derive(move || me.get().unwrap_or_else(|| first.clone()));
    Some(view! { <Frame me tasks><Offline/><SessionWatch ended/><Outlet/></Frame> })
}

/// Reads something of the project whenever it has changed, in the browser; the first time only if nothing is known of it.
fn follow<T, V, F>(
    project: Memo<String>,
    version: impl Fn() -> V + 'static,
    known: bool,
    read: fn(String) -> F,
    tell: impl Fn(Result<T, Fail>) + Copy + 'static,
) where
    F: Future<Output = Result<T, Fail>> + 'static,
    V: 'static,
{
    Effect::new(move |last: Option<()>| {
        let (now, _) = (project.get(), version());
        if last.is_none() && known {
            return;
        }
        spawn_local(async move {
            let answer = read(now.clone()).await;
            // Another project has been chosen meanwhile, or the page left.
            if project.try_get_untracked().as_ref() == Some(&now) {
                tell(answer);
            }
        });
    });
}
