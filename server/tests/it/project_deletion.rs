//! Deleting a project with all that it holds: in order, as one operation, whatever happens on the way.

use crate::world::{World, world};
use api::directory::{Directory as _, NewProject};
use api::network::Networks as _;
use api::operation::{OperationState, Operations as _};
use api::{Caller, Error, Kind, ProjectId, Role};
use cloud::compute::hypervisor::Hypervisor as _;
use cloud::compute::simulator::Trip;
use sqlx::Row as _;
use tokio_util::sync::CancellationToken;

/// A project with instances, a floating IP, an image, groups, members, tags and limits.
async fn full(world: &World) -> (ProjectId, Caller) {
    let admin = world.admin().await;
    let new = NewProject {
        name: "atlas".into(),
        tags: "prod".into(),
        limits: [("instances".to_owned(), "5".to_owned())].into(),
        starter: true,
        ..NewProject::default()
    };
    let project = world.cloud.directory.project_create(&admin, new).await.unwrap();
    let user = world.user("ann", project, Role::Manager).await;
    let ann = world.caller(user, project).await;
    for n in 0..3 {
        let id = world.launch(&ann, &format!("vm-{n}")).await;
        if n == 0 {
            world.cloud.networks.floating_ip_give(&ann, id).await.unwrap();
        }
    }
    let file = world.data.path().join("own.img");
    std::fs::write(&file, server::seed::disk()).unwrap();
    let visibility = api::image::Visibility::Private;
    world.cloud.images.image_register(&ann, "own", &file, visibility).await.unwrap();
    world.cloud.networks.security_group_create(&ann, "web", "").await.unwrap();
    world.settle().await;
    (project, ann)
}

/// Nothing anywhere knows the project.
async fn gone(world: &World, project: ProjectId) {
    let mut left = Vec::new();
    let tables = sqlx::query("select name from sqlite_master where type = 'table' and name not like 'sqlite_%'")
        .fetch_all(world.cloud.db().read())
        .await
        .unwrap();
    for table in tables {
        let table: String = table.get("name");
        let columns =
            sqlx::query(&format!("pragma table_info({table})")).fetch_all(world.cloud.db().read()).await.unwrap();
        if table != "audit" && columns.iter().any(|column| column.get::<String, _>("name") == "project_id") {
            let sql = format!("select count(*) as n from {table} where project_id = $1");
            let row = sqlx::query(&sql).bind(project.0.to_string()).fetch_one(world.cloud.db().read()).await.unwrap();
            if row.get::<i64, _>("n") > 0 {
                left.push(table);
            }
        }
    }
    assert!(left.is_empty(), "rows are left in {left:?}");
    assert!(world.hypervisor.list().await.unwrap().is_empty(), "domains are left");
}

async fn outcome(world: &World) -> (OperationState, u8) {
    let operations = world.cloud.operations.operation_list(&world.admin().await, 50).await.unwrap();
    let found = operations.iter().find(|operation| operation.verb == "project_delete").unwrap();
    (found.state, found.progress)
}

#[tokio::test]
async fn a_project_goes_with_all_that_it_holds() {
    let world = world().await;
    let (project, _) = full(&world).await;
    let admin = world.admin().await;
    let (client, ann) = (world.sign_in("admin").await, world.sign_in("ann").await);
    let mut events = ann.events(project).await;
    let page = format!("/p/{}/admin/projects/{project}/delete", admin.project);
    let shown = client.get(&page).await;
    for held in ["3 × instance", "1 × image", "1 × network", "1 × router", "1 × floating IP", "2 × security group"]
    {
        assert!(shown.text().contains(held), "{held}: {}", shown.text());
    }
    let (office, id) = (admin.project.to_string(), project.to_string());
    let fields = |confirm| [("project", office.as_str()), ("id", id.as_str()), ("confirm", confirm)];
    assert_eq!(client.post_from(&page, "/api/project_delete", &fields("atla")).await.status, 400);
    let answer = client.post_from(&page, "/api/project_delete", &fields("atlas")).await;
    assert_eq!(answer.location(), format!("/p/{office}/admin/projects"));
    assert_eq!(ann.get(&format!("/p/{project}/overview")).await.status, 404, "nobody enters it any more");
    assert_eq!(events.next().await, None);
    assert_eq!(outcome(&world).await.0, OperationState::Running);

    world.settle().await;
    gone(&world, project).await;
    assert_eq!(outcome(&world).await, (OperationState::Succeeded, 100));
    assert_eq!(client.get(&page).await.status, 404);
    let own = sqlx::query("select 1 from image where name = 'own'").fetch_all(world.cloud.db().read()).await.unwrap();
    assert!(own.is_empty(), "the image has been collected");
}

#[tokio::test]
async fn a_deletion_that_was_killed_goes_on() {
    let mut steps = 1;
    loop {
        let world = world().await;
        let (project, _) = full(&world).await;
        let admin = world.admin().await;
        world.cloud.directory.project_delete(&admin, project, "atlas").await.unwrap();
        world.hypervisor.faults().trip_at(steps, Trip::Halt);
        let mut running = world.cloud.start(CancellationToken::new());
        let halted = tokio::select! {
            () = world.hypervisor.faults().halted() => true,
            () = ended(&world) => false,
        };
        running.shutdown().await;
        world.hypervisor.faults().resume();
        let world = world.reopen().await;
        world.settle().await;
        gone(&world, project).await;
        assert_eq!(outcome(&world).await.0, OperationState::Succeeded, "killed at step {steps}");
        if !halted {
            return;
        }
        steps += 2;
    }
}

/// Resolves when the deletion's operation has ended.
async fn ended(world: &World) {
    let mut events = world.cloud.hub().subscribe();
    while outcome(world).await.0 == OperationState::Running {
        _ = events.recv().await;
    }
}

#[tokio::test]
async fn some_projects_stay() {
    let world = world().await;
    let admin = world.admin().await;
    let directory = &world.cloud.directory;
    let own = directory.project_delete(&admin, admin.project, "admin").await;
    assert!(matches!(own, Err(Error::Conflict(_))), "{own:?}");
    let top = world.project("top").await;
    let below = NewProject { name: "below".into(), parent: "top".into(), ..NewProject::default() };
    let below = directory.project_create(&admin, below).await.unwrap();
    let refused = directory.project_delete(&admin, top, "top").await;
    assert!(matches!(refused, Err(Error::Conflict(_))), "a project stands below it: {refused:?}");
    directory.project_delete(&admin, below, "below").await.unwrap();
    world.settle().await;
    assert!(directory.project_delete(&admin, top, "top").await.is_ok());
    world.settle().await;
    assert!(matches!(directory.project_show(&admin, top).await, Err(Error::NotFound { kind: Kind::Project, .. })));
}
