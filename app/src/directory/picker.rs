//! Looking for users, groups and projects on the server while one types.

use super::calls::{group_list, project_list, user_list};
use crate::Fail;
use crate::i18n::text;
use crate::project::here;
use crate::ui::{Choice, Search};
use api::ListQuery;
use api::directory::{ActorKind, Group, Project, User};
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

/// What is sent is the id: another domain may have somebody of the same name. What is offered tells them apart.
fn choice(id: impl ToString, name: &str, domain: &str, about: String) -> Choice {
    Choice::new(id, format!("{name} · {domain}")).detail(about)
}

fn of_user(user: User) -> Choice {
    let about = [user.email, user.description].into_iter().find(|text| !text.is_empty()).unwrap_or_default();
    choice(user.id, &user.name, &user.domain_name, about)
}

pub fn users() -> Search {
    search(move |project, query| async move {
        Ok(user_list(project, query).await?.items.into_iter().map(of_user).collect())
    })
}

pub fn projects() -> Search {
    let of = |it: Project| choice(it.id, &it.name, &it.domain_name, it.description);
    search(
        move |project, query| async move { Ok(project_list(project, query).await?.items.into_iter().map(of).collect()) },
    )
}

/// Users and groups alike; a group says that it is one, as there may be a user of its name.
pub fn actors() -> Search {
    let kind = (text().directory.actor_kinds)(ActorKind::Group);
    let of = move |it: Group| choice(it.id, &it.name, &format!("{} · {kind}", it.domain_name), it.description);
    search(move |project, query| async move {
        let (users, groups) =
            futures::try_join!(user_list(project.clone(), query.clone()), group_list(project, query))?;
        Ok(users.items.into_iter().map(of_user).chain(groups.items.into_iter().map(of)).collect())
    })
}
