//! Looking for users, groups and projects on the server while one types.

use super::calls::{group_list, project_list, user_list};
use crate::Fail;
use crate::project::here;
use crate::ui::{Choice, Search};
use api::ListQuery;
use api::directory::{Group, Project, User};
use leptos::prelude::*;

/// How many are offered.
const OFFERED: u32 = 10;

fn query(typed: &str) -> ListQuery {
    ListQuery { search: typed.to_owned(), limit: OFFERED, ..ListQuery::default() }
}

fn search<F>(look: impl Fn(String, ListQuery) -> F + Copy + Send + Sync + 'static) -> Search
where
    F: Future<Output = Result<Vec<Choice>, Fail>> + Send + 'static,
{
    let project = here().project;
    let action = Action::new(move |typed: &String| look(project.get_untracked(), query(typed)));
    let found = move || action.value().get().and_then(Result::ok).unwrap_or_default();
    let typed = move |typed: String| {
        if !typed.trim().is_empty() {
            action.dispatch(typed);
        }
    };
    Search { found: Signal::derive(found), typed: Callback::new(typed) }
}

pub fn users() -> Search {
    let choice = |user: User| {
        let about =
            [user.email, user.description].into_iter().find(|text| !text.is_empty()).unwrap_or(user.domain_name);
        Choice::new(user.name, about)
    };
    search(
        move |project, query| async move { Ok(user_list(project, query).await?.items.into_iter().map(choice).collect()) },
    )
}

pub fn projects() -> Search {
    let choice = |project: Project| Choice::new(project.name, project.domain_name);
    search(move |project, query| async move {
        Ok(project_list(project, query).await?.items.into_iter().map(choice).collect())
    })
}

/// Users and groups alike.
pub fn actors() -> Search {
    search(move |project, query| async move {
        let (users, groups) =
            futures::try_join!(user_list(project.clone(), query.clone()), group_list(project, query))?;
        let users = users.items.into_iter().map(|user: User| Choice::new(user.name, user.domain_name));
        let groups = groups.items.into_iter().map(|group: Group| Choice::new(group.name, group.domain_name));
        Ok(users.chain(groups).collect())
    })
}
