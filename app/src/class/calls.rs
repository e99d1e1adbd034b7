//! Classes as the browser calls them.

use crate::Fail;
use crate::backend::*;
use api::class::{Class, ClassChoices, ClassDetail, JoinCode, Seat, Sheet};
use api::{ListQuery, Page};
use std::collections::BTreeMap;

#[server(endpoint = "class_list")]
pub async fn class_list(project: String, #[server(default)] query: ListQuery) -> Result<Page<Class>, Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.classes.class_list(&caller, &query).await)
}

#[server(endpoint = "class_show")]
pub async fn class_show(project: String, id: String) -> Result<ClassDetail, Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.classes.class_show(&caller, parse(Kind::Class, &id)?).await)
}

#[server(endpoint = "class_form")]
pub async fn class_form(project: String) -> Result<ClassChoices, Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.classes.class_form(&caller).await)
}

/// Answers with the codes, which are shown once.
#[server(endpoint = "class_create")]
pub async fn class_create(
    project: String,
    #[server(default)] domain: String,
    name: String,
    #[server(default)] description: String,
    #[server(default)] roster: String,
    #[server(default)] teachers: String,
    #[server(default)] limits: BTreeMap<String, String>,
    #[server(default)] cidr: String,
    #[server(default)] images: Vec<String>,
    #[server(default)] flavors: Vec<String>,
    #[server(default)] expires: String,
) -> Result<Sheet, Fail> {
    let caller = caller(&project).await?;
    let new =
        api::class::NewClass { domain, name, description, roster, teachers, limits, cidr, images, flavors, expires };
    answer(backend()?.classes.class_create(&caller, new, &own_base_url()?).await)
}

/// Leads to the class, where it stands what holds now.
#[server(endpoint = "class_update")]
pub async fn class_update(
    project: String,
    id: String,
    #[server(default)] description: String,
    #[server(default)] teachers: String,
    #[server(default)] limits: BTreeMap<String, String>,
    #[server(default)] images: Vec<String>,
    #[server(default)] flavors: Vec<String>,
) -> Result<(), Fail> {
    let (caller, id) = (caller(&project).await?, parse(Kind::Class, &id)?);
    let form = api::class::ClassForm { description, teachers, limits, images, flavors };
    answer(backend()?.classes.class_update(&caller, id, form).await)?;
    redirect(&crate::paths::with_query(&crate::paths::class(caller.project, id), &[("tab", "overview")]));
    Ok(())
}

/// All seats, or the one that is named.
#[server(endpoint = "class_reset")]
pub async fn class_reset(project: String, id: String, #[server(default)] seat: String) -> Result<(), Fail> {
    let caller = caller(&project).await?;
    let classes = backend()?.classes;
    if seat.is_empty() {
        return answer(classes.class_reset(&caller, parse(Kind::Class, &id)?).await);
    }
    answer(classes.seat_reset(&caller, parse(Kind::Seat, &seat)?).await)
}

/// Leads to the list, where it stands until it is gone.
#[server(endpoint = "class_remove")]
pub async fn class_remove(project: String, id: String, #[server(default)] confirm: String) -> Result<(), Fail> {
    let (caller, id) = (caller(&project).await?, parse(Kind::Class, &id)?);
    answer(backend()?.classes.class_remove(&caller, id, &confirm).await)?;
    redirect(&crate::paths::classes(caller.project));
    Ok(())
}

#[server(endpoint = "class_extend")]
pub async fn class_extend(project: String, id: String, #[server(default)] expires: String) -> Result<(), Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.classes.class_extend(&caller, parse(Kind::Class, &id)?, &expires).await)
}

/// Answers with the code, which is shown once; or withdraws the present one.
#[server(endpoint = "class_join_set")]
pub async fn class_join_set(
    project: String,
    id: String,
    #[server(default)] limit: String,
    #[server(default)] close: bool,
) -> Result<Option<JoinCode>, Fail> {
    let (caller, id) = (caller(&project).await?, parse(Kind::Class, &id)?);
    let classes = backend()?.classes;
    if close {
        answer(classes.class_join_close(&caller, id).await)?;
        return Ok(None);
    }
    answer(classes.class_join_open(&caller, id, &limit, &own_base_url()?).await.map(Some))
}

#[server(endpoint = "seat_list")]
pub async fn seat_list(
    project: String,
    class: String,
    #[server(default)] query: ListQuery,
) -> Result<Page<Seat>, Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.classes.seat_list(&caller, parse(Kind::Class, &class)?, &query).await)
}

/// Answers with the codes, which are shown once.
#[server(endpoint = "seat_create")]
pub async fn seat_create(project: String, id: String, #[server(default)] roster: String) -> Result<Sheet, Fail> {
    let caller = caller(&project).await?;
    let id = parse(Kind::Class, &id)?;
    answer(backend()?.classes.seat_create(&caller, id, &roster, &own_base_url()?).await)
}

#[server(endpoint = "seat_remove")]
pub async fn seat_remove(project: String, id: String, #[server(default)] confirm: String) -> Result<(), Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.classes.seat_remove(&caller, parse(Kind::Seat, &id)?, &confirm).await)
}

/// Answers with the code, which is shown once.
#[server(endpoint = "seat_code_renew")]
pub async fn seat_code_renew(project: String, id: String) -> Result<Sheet, Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.classes.seat_code_renew(&caller, parse(Kind::Seat, &id)?, &own_base_url()?).await)
}
