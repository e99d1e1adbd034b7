//! Where a page is: the project of the address, who looks at it, and the frame around.

use crate::Fail;
use crate::i18n::text;
use crate::identity::calls::me_show;
use crate::layout::{ErrorPage, Frame, SignInFrame};
use crate::live::{Offline, provide_live};
use crate::operation::calls::operation_list;
use api::identity::Me;
use api::operation::Operation;
use api::{Error, Kind, ProjectId, Role};
use leptos::prelude::*;
use leptos_router::components::Outlet;
use leptos_router::hooks::use_params_map;
use uuid::Uuid;

/// What every page inside a project knows.
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
        self.project.with(|project| project.parse().unwrap_or(ProjectId(Uuid::nil())))
    }

    /// Why nothing can be changed here, for those whose role only lets them look.
    pub fn read_only(self) -> Option<String> {
        let role = self.me.with(|me| me.as_ref().map(|me| me.role))?;
        (role < Role::Member).then(|| (text().error.error)(&Error::Forbidden { needs: Role::Member.to_string() }))
    }

    /// Why something that only administrators may do cannot be done here.
    pub fn not_admin(self) -> Option<String> {
        let role = self.me.with(|me| me.as_ref().map(|me| me.role))?;
        (role < Role::Admin).then(|| (text().error.error)(&Error::Forbidden { needs: Role::Admin.to_string() }))
    }
}

/// A parameter of the address, such as `id`.
pub fn parameter(name: &'static str) -> Memo<String> {
    let params = use_params_map();
    Memo::new(move |_| params.with(|params| params.get(name)).unwrap_or_default())
}

/// The frame of every page inside a project, with the page in it.
#[component]
pub fn ProjectFrame() -> impl IntoView {
    let project = parameter("project");
    let live = provide_live(project);
    let known = Resource::new(
        move || (project.get(), live.version(Kind::User), live.version(Kind::Project)),
        |(project, ..)| me_show(project),
    );
    let tasks =
        Resource::new(move || (project.get(), live.version(Kind::Operation)), |(project, _)| operation_list(project));
    // The session has ended: the server knows the way to the sign-in page and back.
    Effect::new(move |_| {
        if let Some(Err(error)) = known.get()
            && error.0 == Error::Unauthenticated
        {
            _ = window().location().reload();
        }
    });
    view! { <Transition>{framed(project, known, tasks)}</Transition> }
}

/// Runs inside the transition, so that the server waits for what is read here.
fn framed(
    project: Memo<String>,
    known: Resource<Result<Me, Fail>>,
    tasks: Resource<Result<Vec<Operation>, Fail>>,
) -> impl IntoView {
    let failure = Memo::new(move |_| known.with(|known| known.as_ref()?.as_ref().err().map(|fail| fail.0.clone())));
    let me = Memo::new(move |last: Option<&Option<Me>>| match known.get() {
        Some(Ok(me)) => Some(me),
        _ => last.cloned().flatten(),
    });
    let tasks = Memo::new(move |last: Option<&Vec<Operation>>| match tasks.get() {
        Some(Ok(tasks)) => tasks,
        _ => last.cloned().unwrap_or_default(),
    });
    provide_context(Here { project, me: me.into() });
    let is_known = Memo::new(move |_| me.with(Option::is_some));
    let inside = move || {
        let first = me.get_untracked()?;
        let me = Signal::derive(move || me.get().unwrap_or_else(|| first.clone()));
        Some(view! { <Frame me tasks><Offline/><Outlet/></Frame> })
    };
    move || match (failure.get(), is_known.get()) {
        (Some(error), _) => view! { <SignInFrame><ErrorPage error/></SignInFrame> }.into_any(),
        (None, true) => inside().into_any(),
        (None, false) => ().into_any(),
    }
}
