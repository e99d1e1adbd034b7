//! Long lists: whatever is not shown must cost nothing, so the budget is that of a short one.

use anyhow::{Context, Result};
use serde_json::json;

use super::client::Client;
use super::table::Table;
use super::{LISTEN, PASSWORD, ROUNDS, seeded_project};

/// Images of all projects together.
pub const IMAGES: u32 = 5_000;
/// In the one project of the large cloud.
pub const INSTANCES: u32 = 50_000;
pub const USERS: u32 = 10_000;
pub const PROJECTS: u32 = 1_000;

/// What a page of a list may take.
const PAGE: &str = "10 ms";
/// What the answer to a search may take, while somebody types.
const SEARCH: &str = "10 ms";

fn sign_in() -> Result<Client> {
    let mut client = Client::connect(LISTEN)?;
    client.sign_in("admin", PASSWORD)?;
    Ok(client)
}

fn pages(table: &mut Table, client: &mut Client, project: &str, pages: &[(&str, &str, &str)]) -> Result<()> {
    for (what, budget, path) in pages {
        let path = format!("/p/{project}/{path}");
        table.time(what, budget, ROUNDS, || client.page(&path).map(|_| ()))?;
    }
    Ok(())
}

pub fn images(table: &mut Table) -> Result<()> {
    let mut client = sign_in()?;
    let project = seeded_project(&mut client)?;
    let rows = [
        ("all images, 20 of 5,000", PAGE, "admin/images"),
        ("all images by size, 20 of 5,000", PAGE, "admin/images?sort=-size"),
        ("a project's images, of 5,000", PAGE, "images"),
        ("search among all images", SEARCH, "admin/images?search=00042"),
        ("search among a project's images", SEARCH, "images?search=00042"),
        ("launch page beside 5,000 images", PAGE, "instances/launch"),
    ];
    pages(table, &mut client, &project, &rows)
}

pub fn instances(table: &mut Table) -> Result<()> {
    let mut client = sign_in()?;
    let project = seeded_project(&mut client)?;
    let rows = [
        ("Instances page, 20 rows of 50,000", PAGE, "instances"),
        ("Instances page by name, 20 rows of 50,000", PAGE, "instances?sort=name"),
        ("search among 50,000 instances", SEARCH, "instances?search=04242"),
        ("Overview page, 50,000 instances", PAGE, "overview"),
    ];
    pages(table, &mut client, &project, &rows)
}

pub fn directory(table: &mut Table) -> Result<()> {
    let mut client = sign_in()?;
    let home = client.landing()?;
    let own = home.split('/').nth(2).context("the landing page is in no project")?.to_owned();
    let rows = [
        ("users, 20 of 10,000", PAGE, "admin/users"),
        ("search among 10,000 users", SEARCH, "admin/users?search=04242"),
        ("projects, 20 of 1,000", PAGE, "admin/projects"),
        ("search among 1,000 projects", SEARCH, "admin/projects?search=seed-a"),
        ("role assignments, of 10,000", PAGE, "admin/assignments"),
        ("page to make a project, with its members", PAGE, "admin/projects/create"),
    ];
    pages(table, &mut client, &own, &rows)?;
    // What the field for a member asks while one types.
    let typed = json!({ "project": own, "query": { "search": "user", "limit": 10 } });
    table.time("member picker, 10 of 10,000 users", SEARCH, ROUNDS, || client.ask("user_list", &typed).map(|_| ()))
}
