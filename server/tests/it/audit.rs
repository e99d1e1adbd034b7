//! The audit log: what stands in it, who reads it, and that its chain shows what was done to it.

use crate::client::ADDRESS;
use crate::world::{PASSWORD, World, world};
use api::{Caller, ProjectId, Role};
use cloud::audit::{Verdict, verify};
use cloud::compute::simulator::Call;
use serde_json::Value;
use std::time::Duration;

async fn entries(world: &World, search: &str) -> Vec<Value> {
    let project = world.admin().await.project.to_string();
    let admin = world.sign_in("admin").await;
    let answer = admin.call("audit_list_all", &[("project", &project), ("query[search]", search)]).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["items"].as_array().unwrap().clone()
}

/// A member with a network's worth of changes.
async fn busy() -> (World, ProjectId) {
    let world = world().await;
    let project = world.project("p").await;
    world.user("u", project, Role::Member).await;
    let client = world.sign_in("u").await;
    let project_id = project.to_string();
    for name in ["one", "two"] {
        let fields = [("project", project_id.as_str()), ("name", name)];
        assert_eq!(client.call("security_group_create", &fields).await.status, 200);
    }
    (world, project)
}

#[tokio::test]
async fn a_change_says_who_from_where_and_on_what() {
    let (world, project) = busy().await;
    let found = entries(&world, "two").await;
    assert_eq!(found.len(), 1, "{found:?}");
    let entry = &found[0];
    assert_eq!(
        (entry["user_name"].as_str(), entry["verb"].as_str(), entry["target_name"].as_str()),
        (Some("u"), Some("security_group_create"), Some("two"))
    );
    assert_eq!(entry["address"], ADDRESS.to_string());
    assert_eq!((entry["project"].as_str(), entry["project_name"].as_str()), (entry["project"].as_str(), Some("p")));
    assert_eq!(entry["result"], "ok");
    assert!(entry["request"].as_str().unwrap().starts_with("req-"));
    assert!(entry["project"].as_str().unwrap().replace('-', "") == project.to_string());
}

#[tokio::test]
async fn every_sign_in_stands_there_with_its_result() {
    let (world, _) = busy().await;
    let visitor = world.visitor();
    visitor.post_form("/sign-in", &[("name", "u"), ("password", "a wrong secret")]).await;
    visitor.post_form("/sign-in", &[("name", "nobody-at-all"), ("password", PASSWORD)]).await;
    let results = |found: Vec<Value>| -> Vec<String> {
        let sign_ins = found.iter().filter(|entry| entry["verb"] == "sign_in");
        sign_ins.map(|entry| entry["result"].as_str().unwrap().to_owned()).collect()
    };
    let of_u: Vec<Value> = entries(&world, "sign_in").await.into_iter().filter(|e| e["user_name"] == "u").collect();
    assert_eq!(results(of_u), ["refused", "ok"]);
    let unknown = entries(&world, "nobody-at-all").await;
    assert_eq!(unknown[0]["address"], ADDRESS.to_string());
    assert_eq!(results(unknown), ["refused"]);
    let all = format!("{:?}", entries(&world, "").await);
    assert!(!all.contains("a wrong secret") && !all.contains(PASSWORD));
}

#[tokio::test]
async fn members_read_their_projects_and_no_other() {
    let (world, project) = busy().await;
    let other = world.project("other").await;
    world.user("v", other, Role::Reader).await;
    let (client, project, other) = (world.sign_in("v").await, project.to_string(), other.to_string());
    let own = client.call("audit_list", &[("project", &other)]).await.json();
    assert!(own["items"].as_array().unwrap().iter().all(|entry| entry["user_name"] != "u"), "{own}");
    assert_eq!(client.call("audit_list", &[("project", &project)]).await.status, 404);
    let reader = world.sign_in("u").await.call("audit_list", &[("project", &project)]).await.json();
    assert_eq!(reader["items"].as_array().unwrap().len(), 2, "{reader}");
}

#[tokio::test]
async fn the_log_is_a_file_for_a_spreadsheet() {
    let (world, project) = busy().await;
    let client = world.sign_in("u").await;
    for n in 0..3 {
        let name = format!("=cmd|{n}");
        client.call("security_group_create", &[("project", &project.to_string()), ("name", &name)]).await;
    }
    let file = client.get(&format!("/p/{project}/audit.csv?sort=when")).await;
    assert_eq!(file.status, 200);
    assert!(file.header("content-type").starts_with("text/csv"));
    let lines: Vec<&str> = file.text().lines().collect();
    assert!(lines[0].starts_with("time,user,address"));
    assert_eq!(lines.len(), 6, "{lines:?}");
    assert!(lines[1].contains(",security_group_create,") && lines[1].contains(",one,"));
    assert!(file.text().contains("'=cmd|0") && !file.text().contains(",=cmd"), "no formulas");
    let found = client.get(&format!("/p/{project}/audit.csv?search=two")).await;
    assert_eq!(found.text().lines().count(), 2);
}

#[tokio::test]
async fn what_failed_later_stands_there_with_its_reason() {
    let world = world().await;
    let admin: Caller = world.admin().await;
    for _ in 0..3 {
        world.hypervisor.faults().fail_next(Call::Start, "no memory left on the host");
    }
    world.launch(&admin, "vm").await;
    for _ in 0..3 {
        world.settle().await;
        world.clock.advance(Duration::from_secs(5));
    }
    let results: Vec<String> = entries(&world, "instance_launch")
        .await
        .iter()
        .map(|entry| entry["result"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(results.len(), 2);
    assert_ne!(results[0], "ok");
    assert_eq!(results[1], "ok");
}

async fn execute(world: &World, sql: &'static str) {
    let mut tx = world.cloud.db().begin().await.unwrap();
    sqlx::query(sql).execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn the_chain_is_whole() {
    let (world, _) = busy().await;
    let Verdict::Whole { entries, head } = verify(world.cloud.db(), None).await.unwrap() else {
        panic!("it is broken")
    };
    assert!(entries > 3);
    world.sign_in("admin").await;
    // A hash that was noted before is found in what the log has become.
    let later = verify(world.cloud.db(), Some(&head)).await.unwrap();
    assert!(matches!(later, Verdict::Whole { entries: now, .. } if now == entries + 1), "{later:?}");
}

#[tokio::test]
async fn whatever_is_done_to_the_log_shows() {
    for sql in [
        "update audit set user_name = 'somebody' where id = 3",
        "update audit set at = at + 1 where id = 3",
        "delete from audit where id = 3",
        "update audit set chain = '' where id = 3",
        "insert into audit (id, at, user_name, verb, kind, target, result, request) values (-1, 1, 'x', 'x', 'user', '', 'ok', '')",
    ] {
        let (world, _) = busy().await;
        execute(&world, sql).await;
        let verdict = verify(world.cloud.db(), None).await.unwrap();
        assert!(matches!(verdict, Verdict::Broken { .. }), "{sql}: {verdict:?}");
    }
}

#[tokio::test]
async fn a_log_that_was_cut_off_is_known_by_a_noted_hash() {
    let (world, _) = busy().await;
    let Verdict::Whole { entries, head } = verify(world.cloud.db(), None).await.unwrap() else {
        panic!("it is broken")
    };
    execute(&world, "delete from audit where id = (select max(id) from audit)").await;
    assert!(matches!(verify(world.cloud.db(), None).await.unwrap(), Verdict::Whole { .. }));
    let verdict = verify(world.cloud.db(), Some(&head)).await.unwrap();
    assert_eq!(verdict, Verdict::Foreign { entries: entries - 1 });
}

#[tokio::test]
async fn what_an_older_version_wrote_is_chained_at_the_start() {
    let (world, _) = busy().await;
    execute(&world, "update audit set chain = ''").await;
    let world = world.reopen().await;
    assert!(matches!(verify(world.cloud.db(), None).await.unwrap(), Verdict::Whole { .. }));
}
