//! The audit log: what stands in it, who reads it, and that its chain shows what was done to it.

use crate::client::ADDRESS;
use crate::identity_api::{ann, form, own, send, with_credential};
use crate::unauthorized::NOBODY;
use crate::world::{PASSWORD, World, world};
use api::directory::{Directory as _, DomainForm, NewUser};
use api::quota::Quotas as _;
use api::{Caller, ProjectId, Role};
use app::i18n::{Lang, catalogue};
use axum::body::Body;
use axum::http::Method;
use axum::http::header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE};
use cloud::audit::{Verdict, verify};
use cloud::compute::simulator::Call;
use leptos::server_fn::axum::server_fn_paths;
use serde_json::{Value, json};
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
    assert_eq!(reader["items"].as_array().unwrap().len(), 4, "the project, its member and two groups: {reader}");
}

#[tokio::test]
async fn the_log_is_a_file_for_a_spreadsheet() {
    let (world, project) = busy().await;
    let client = world.sign_in("u").await;
    for n in 0..3 {
        let name = format!("=cmd|{n}");
        client.call("security_group_create", &[("project", &project.to_string()), ("name", &name)]).await;
    }
    let file = client.get(&format!("/p/{project}/audit.csv?sort=when&verb=security")).await;
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

/// What a page of the log shows: verb, result and project's name, newest first.
fn shown(answer: &Value) -> Vec<(String, String, String)> {
    let text = |entry: &Value, field: &str| entry[field].as_str().unwrap().to_owned();
    let items = answer["items"].as_array().unwrap();
    items.iter().map(|entry| (text(entry, "verb"), text(entry, "result"), text(entry, "project_name"))).collect()
}

#[tokio::test]
async fn who_signs_out_stands_there() {
    let (world, _) = busy().await;
    let client = world.sign_in("u").await;
    client.post_form("/sign-out", &[]).await;
    client.post_form("/sign-out", &[]).await;
    let found = entries(&world, "sign_out").await;
    assert_eq!(found.len(), 1, "once: {found:?}");
    assert_eq!((found[0]["user_name"].as_str(), found[0]["address"].as_str()), (Some("u"), Some("192.0.2.7")));
}

#[tokio::test]
async fn who_is_turned_away_stands_there_but_floods_nothing() {
    let (world, project) = busy().await;
    let client = world.sign_in("u").await;
    let project = project.to_string();
    let call = async |name: &str, fields: &[(&str, &str)]| {
        let fields: Vec<_> = fields.iter().copied().chain([("project", project.as_str())]).collect();
        client.call(name, &fields).await.status
    };
    for _ in 0..5 {
        assert_eq!(call("user_delete", &[("id", NOBODY)]).await, 403);
    }
    assert_eq!(call("security_group_create", &[("name", "")]).await, 400);
    assert_eq!(call("audit_list_all", &[]).await, 403);
    assert_eq!(call("instance_stop", &[("id", NOBODY)]).await, 404, "what is not there is no refusal");
    let own = client.call("audit_list", &[("project", &project), ("query[status]", "failed")]).await.json();
    let own = shown(&own);
    assert_eq!(own.len(), 1, "what is tried on people concerns no project: {own:?}");
    assert!(own[0].0 == "security_group_create" && own[0].1.contains("required"), "{own:?}");
    let all = entries(&world, "user_delete").await;
    assert_eq!(all.len(), 1, "{all:?}");
    assert_eq!((all[0]["target"].as_str(), all[0]["kind"].as_str()), (Some(NOBODY), Some("user")));
    assert!(all[0]["result"].as_str().unwrap().contains("admin"), "{all:?}");
    world.clock.advance(Duration::from_secs(61));
    call("user_delete", &[("id", NOBODY)]).await;
    assert_eq!(entries(&world, "user_delete").await.len(), 2);
    assert!(entries(&world, "audit_list_all").await.is_empty(), "who only wanted to look changed nothing");
    // A plain form is no other attempt.
    let page = format!("/p/{project}/security-groups");
    world.clock.advance(Duration::from_secs(61));
    client.post_from(&page, "/api/security_group_create", &[("project", &project), ("name", "")]).await;
    let found = client.call("audit_list", &[("project", &project), ("query[status]", "failed")]).await.json();
    assert_eq!(shown(&found).len(), 2);
}

/// Every function that changes something and is refused leaves an entry.
#[tokio::test]
async fn every_refused_change_is_one() {
    let (world, project) = crate::personas::everybody().await;
    let (client, admin, project) = (world.sign_in("reader").await, world.sign_in("admin").await, project.to_string());
    for (name, fields) in crate::unauthorized::refused_to_readers() {
        world.clock.advance(Duration::from_secs(61));
        for person in [&client, &admin] {
            person.call("session_extend", &[("project", &project)]).await;
        }
        let fields: Vec<_> = fields.iter().copied().chain([("project", project.as_str())]).collect();
        assert_eq!(client.call(name, &fields).await.status, 403, "{name}");
        let asked = [("project", project.as_str()), ("query[filters][verb]", name)];
        let found = admin.call("audit_list_all", &asked).await.json()["items"].as_array().unwrap().clone();
        let of_reader = found.iter().filter(|entry| entry["user_name"] == "reader" && entry["verb"] == name).count();
        assert_eq!(of_reader, usize::from(!is_read(name)), "{name}: {found:?}");
    }
}

/// Whether a server function changes nothing, by how its name ends.
fn is_read(name: &str) -> bool {
    const ENDS: [&str; 11] = [
        "_list",
        "_list_all",
        "_list_of",
        "_show",
        "_form",
        "_simulate",
        "_usage",
        "_catalogue",
        "_roles",
        "_log",
        "session_extend",
    ];
    ENDS.iter().any(|end| name.ends_with(end))
}

#[test]
fn what_changes_something_has_a_name() {
    for (path, _) in server_fn_paths() {
        let verb = path.trim_start_matches("/api/");
        for lang in Lang::ALL.into_iter().filter(|_| !is_read(verb)) {
            let name = (catalogue(lang).ui.operation)(verb);
            assert_ne!(name, verb.replace('_', " "), "the verb {verb} has no name in {}", lang.tag());
        }
    }
}

/// Programs, and files, come by other ways than forms.
#[tokio::test]
async fn programs_and_uploads_that_are_turned_away_stand_there() {
    let (world, project, user, caller) = ann().await;
    let (_, token) = with_credential(&world, &caller, form("ci")).await;
    for _ in 0..2 {
        let new = json!({"application_credential": {"name": "child"}});
        let answer = send(&world, Method::POST, &own(user), &[("x-auth-token", token.as_str())], new).await;
        assert_eq!(answer.status, 403, "{}", answer.text());
    }
    let found = entries(&world, "application_credential_create").await;
    let refused: Vec<_> = found.iter().filter(|entry| entry["result"] != "ok").collect();
    assert_eq!(refused.len(), 1, "once: {found:?}");
    let [who, what] = ["user_name", "kind"].map(|field| refused[0][field].as_str().unwrap());
    assert_eq!((who, what), ("ann", "application_credential"));

    world.user("reader", project, Role::Reader).await;
    let reader = world.sign_in("reader").await;
    let body = "--x\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nguest\r\n--x\r\n\
        Content-Disposition: form-data; name=\"file\"; filename=\"disk.img\"\r\n\r\nhello\r\n--x--\r\n";
    let request = reader
        .request(Method::POST, &format!("/p/{project}/images/upload"))
        .header(ACCEPT, "application/json")
        .header("sec-fetch-site", "same-origin")
        .header(CONTENT_LENGTH, body.len())
        .header(CONTENT_TYPE, "multipart/form-data; boundary=x");
    assert_eq!(reader.send(request.body(Body::from(body)).unwrap()).await.status, 403);
    let found = entries(&world, "image_upload").await;
    assert_eq!(found.len(), 1, "{found:?}");
    let [who, whereto] = ["user_name", "project_name"].map(|field| found[0][field].as_str().unwrap());
    assert_eq!((who, whereto), ("reader", "p"));
}

/// Who manages a domain reads what its people did; but not to whom, where those are of another.
#[tokio::test]
async fn security_24_the_log_of_a_user_ends_at_the_domain() {
    let (world, project) = crate::personas::everybody().await;
    let (admin, directory) = (world.admin().await, &world.cloud.directory);
    let form = DomainForm { name: "elsewhere".into(), ..DomainForm::default() };
    let domain = directory.domain_create(&admin, form).await.unwrap();
    let new =
        NewUser { domain: domain.to_string(), name: "zoe".into(), password: PASSWORD.into(), ..NewUser::default() };
    directory.user_create(&admin, new).await.unwrap();
    let (project, id) = (project.to_string(), admin.user.to_string());
    let named = async |reader: &str, verb: &str| -> Vec<String> {
        let fields =
            [("project", project.as_str()), ("of", "user"), ("id", id.as_str()), ("query[filters][verb]", verb)];
        let read = world.sign_in(reader).await.call("audit_list_of", &fields).await.json();
        let items = read["items"].as_array().unwrap();
        items.iter().map(|entry| entry["target_name"].as_str().unwrap().to_owned()).collect()
    };
    let (own, other) = ("domain-manager".to_owned(), "zoe".to_owned());
    let all = named("system-admin", "user_create").await;
    assert!(all.contains(&own) && all.contains(&other), "{all:?}");
    let seen = named("domain-manager", "user_create").await;
    assert!(seen.contains(&own) && !seen.contains(&other), "{seen:?}");
    assert_eq!(named("domain-manager", "domain_create").await, Vec::<String>::new());
}

#[tokio::test]
async fn changes_are_filed_where_they_belong() {
    let (world, project) = busy().await;
    let admin = world.admin().await;
    let user = world.user_of("u").await;
    world.cloud.quotas.quota_update(&admin, project, [("cores".into(), "7".into())].into()).await.unwrap();
    world.cloud.identity.assignment_set(&admin, user, project, Role::Manager).await.unwrap();
    let stranger = world.cloud.identity.user_create(&admin, "stranger", PASSWORD).await.unwrap();
    let client = world.sign_in("u").await;
    let project_id = project.to_string();
    let verbs = |page: Value| shown(&page).into_iter().map(|(verb, ..)| verb).collect::<Vec<_>>();
    let own = verbs(client.call("audit_list", &[("project", &project_id)]).await.json());
    assert_eq!(own[..2], ["assignment_create", "quota_update"], "the members see who changed that: {own:?}");
    assert!(!own.contains(&"user_create".to_owned()), "and nothing of others: {own:?}");
    let office = admin.project.to_string();
    let desk = world.sign_in("admin").await;
    let in_office = verbs(desk.call("audit_list", &[("project", &office)]).await.json());
    assert!(!in_office.contains(&"quota_update".to_owned()) && !in_office.contains(&"user_create".to_owned()));

    // On the page of a user or a project stands what concerns it, wherever the reader is.
    let of = async |of: &str, id: String| {
        let fields = [("project", office.as_str()), ("of", of), ("id", id.as_str())];
        verbs(desk.call("audit_list_of", &fields).await.json())
    };
    let of_user = of("user", user.to_string()).await;
    for verb in ["sign_in", "security_group_create", "assignment_create", "user_create"] {
        assert!(of_user.contains(&verb.to_owned()), "{verb}: {of_user:?}");
    }
    assert_eq!(of("user", stranger.to_string()).await, ["user_create"]);
    let of_project = of("project", project_id.clone()).await;
    assert!(["project_create", "quota_update"].iter().all(|verb| of_project.contains(&(*verb).to_owned())));
    let page = desk.get(&format!("/p/{office}/admin/users/{user}?tab=actions")).await;
    assert!(page.text().contains("security_group_create"), "{}", page.text());
}

#[tokio::test]
async fn filters_narrow_the_page_and_the_file() {
    let (world, project) = busy().await;
    world.clock.advance(Duration::from_secs(86_400));
    let client = world.sign_in("u").await;
    let project = project.to_string();
    client.call("security_group_create", &[("project", &project), ("name", "three")]).await;
    client.call("security_group_create", &[("project", &project), ("name", "")]).await;
    let found = async |filters: &[(&str, &str)]| {
        let keys: Vec<String> = filters
            .iter()
            .map(|(key, _)| match *key {
                "status" => "query[status]".to_owned(),
                key => format!("query[filters][{key}]"),
            })
            .collect();
        let mut fields = vec![("project", project.as_str())];
        fields.extend(keys.iter().map(String::as_str).zip(filters.iter().map(|(_, value)| *value)));
        let page = client.call("audit_list", &fields).await.json();
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(filters).finish();
        let file = client.get(&format!("/p/{project}/audit.csv?{query}")).await;
        assert_eq!(file.text().lines().count() - 1, page["items"].as_array().unwrap().len(), "{filters:?}");
        page["items"].as_array().unwrap().len()
    };
    assert_eq!(found(&[("verb", "group_create")]).await, 4);
    assert_eq!(found(&[("verb", "nothing")]).await, 0);
    assert_eq!(found(&[("user", "u"), ("verb", "security")]).await, 4);
    assert_eq!(found(&[("user", "v")]).await, 0);
    assert_eq!(found(&[("status", "failed")]).await, 1);
    assert_eq!(found(&[("verb", "security"), ("until", "2026-01-01")]).await, 2, "the day itself counts");
    assert_eq!(found(&[("verb", "security"), ("since", "2026-01-02")]).await, 2);
    assert_eq!(found(&[("since", "2026-01-03")]).await, 0);
    assert_eq!(found(&[("verb", "security"), ("since", "yesterday")]).await, 4, "no day");
    let page = client.get(&format!("/p/{project}/audit?verb=security&since=2026-01-02")).await;
    assert!(page.text().contains("audit.csv?verb=security&amp;since=2026-01-02"), "{}", page.text());
}
