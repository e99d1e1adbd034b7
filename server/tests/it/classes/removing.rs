//! What a class holds is given back: whatever happens on the way.

use super::*;

/// Something of everything, by the student.
async fn fill(world: &World, student: &Caller, guest: ImageId) {
    let vm = launch_with(world, student, guest, "m1.nano").await.unwrap();
    world.settle().await;
    world.cloud.networks.floating_ip_give(student, vm).await.unwrap();
    world.cloud.networks.security_group_create(student, "web", "").await.unwrap();
    world.cloud.compute.instance_snapshot(student, vm, "mine").await.unwrap();
    world.settle().await;
}

#[tokio::test]
async fn a_reset_empties_everything_and_keeps_the_users() {
    let world = world().await;
    let guest = image(&world, "guest").await;
    let class = class(&world, 3).await;
    let all = seats(&world, class).await;
    for seat in &all {
        fill(&world, &student(&world, seat).await, guest).await;
    }
    // One alone first.
    let admin = world.admin().await;
    world.cloud.classes.seat_reset(&admin, all[0].id).await.unwrap();
    world.settle().await;
    assert_eq!(world.hypervisor.list().await.unwrap().len(), 2);
    let detail = world.cloud.classes.class_show(&admin, class).await.unwrap();
    let held = |detail: &api::class::ClassDetail, kind| {
        detail.holdings.iter().find(|held| held.kind == kind).map_or(0, |held| held.count)
    };
    assert_eq!(held(&detail, api::Kind::Instance), 2);

    let (client, office) = (world.sign_in("admin").await, admin.project.to_string());
    let page = format!("/p/{office}/classes/{class}");
    let asked = client.get(&format!("{page}?ask=class-0")).await;
    for held in ["2 × instance", "2 × image", "2 × floating IP"] {
        assert!(asked.text().contains(held), "what will go: {held}");
    }
    let id = class.to_string();
    let answer = client.post_from(&page, "/api/class_reset", &[("project", &office), ("id", &id)]).await;
    assert!(answer.status == 302 || answer.status == 303, "{}", answer.text());
    world.settle().await;
    assert_eq!(outcome(&world, "class_reset").await, (OperationState::Succeeded, 100));
    assert!(world.hypervisor.list().await.unwrap().is_empty());
    let detail = world.cloud.classes.class_show(&admin, class).await.unwrap();
    let left: Vec<_> = detail.holdings.iter().map(|held| (held.kind, held.count)).collect();
    use api::Kind::{Network, Router, SecurityGroup};
    assert_eq!(left, [(Network, 3), (Router, 3), (SecurityGroup, 3)], "as they were in the beginning");
    for (seat, before) in seats(&world, class).await.iter().zip(&all) {
        assert_eq!((seat.state, who(seat)), (SeatState::Ready, who(before)));
        let student = student(&world, seat).await;
        launch_with(&world, &student, guest, "m1.nano").await.unwrap();
    }
}

/// What anything anywhere still knows of the class, its users and projects. The log and the history of who asked stay.
async fn traces(world: &World, class: ClassId, seats: &[Seat]) -> Vec<String> {
    let db = world.cloud.db().read();
    let mut ids = vec![class.0.to_string()];
    for seat in seats {
        let (user, project) = who(seat);
        ids.extend([seat.id.0.to_string(), user.0.to_string(), project.0.to_string()]);
    }
    let mut left = Vec::new();
    let tables = "select name from sqlite_master where type = 'table' and name not like 'sqlite_%'";
    for table in sqlx::query(tables).fetch_all(db).await.unwrap() {
        let table: String = table.get("name");
        if ["audit", "operation"].contains(&table.as_str()) {
            continue;
        }
        for column in sqlx::query(&format!("pragma table_info({table})")).fetch_all(db).await.unwrap() {
            let column: String = column.get("name");
            for id in &ids {
                let sql = format!("select count(*) as n from {table} where \"{column}\" = $1");
                if sqlx::query(&sql).bind(id).fetch_one(db).await.unwrap().get::<i64, _>("n") > 0 {
                    left.push(format!("{table}.{column}"));
                }
            }
        }
    }
    let images = std::fs::read_dir(world.data.path().join("images")).unwrap().flatten();
    left.extend(
        images.filter(|file| file.file_type().unwrap().is_file()).map(|file| file.path().display().to_string()),
    );
    left
}

#[tokio::test]
async fn a_class_is_removed_without_a_trace() {
    let world = world().await;
    let guest = image(&world, "guest").await;
    let class = class(&world, 3).await;
    let all = seats(&world, class).await;
    for seat in &all {
        fill(&world, &student(&world, seat).await, guest).await;
    }
    let admin = world.admin().await;
    let user_before = world.cloud.directory.user_list(&admin, &ListQuery::default()).await.unwrap().total;
    let wrong = world.cloud.classes.class_remove(&admin, class, "networks").await.unwrap_err();
    assert!(matches!(wrong.of_field("confirm"), Some(Why::NotTheName { .. })));
    world.cloud.classes.class_remove(&admin, class, "Networks").await.unwrap();
    assert!(world.cloud.identity.caller(who(&all[0]).0, who(&all[0]).1, "r").await.is_err(), "nobody gets in");
    assert!(matches!(
        world.cloud.classes.class_reset(&admin, class).await,
        Err(Error::Conflict(Conflict::BeingRemoved { kind: api::Kind::Class }))
    ));
    assert_eq!(outcome(&world, "class_remove").await.0, OperationState::Running);
    world.settle().await;
    assert_eq!(outcome(&world, "class_remove").await, (OperationState::Succeeded, 100));
    assert!(world.hypervisor.list().await.unwrap().is_empty());
    let user_after = world.cloud.directory.user_list(&admin, &ListQuery::default()).await.unwrap().total;
    assert_eq!(user_before - user_after, 3);
    world.cloud.images.image_delete(&admin, guest).await.unwrap();
    world.settle().await;
    assert_eq!(traces(&world, class, &all).await, Vec::<String>::new());

    // Without seats it goes as well, and its name is free again.
    let empty = make(&world, &admin, NewClass::default()).await.class;
    world.cloud.classes.class_remove(&admin, empty, "Networks").await.unwrap();
    world.settle().await;
    assert!(world.cloud.classes.class_show(&admin, empty).await.is_err());
}

#[tokio::test]
async fn a_class_that_was_being_made_when_the_program_was_killed_is_made() {
    for done in [0, 1, 4] {
        let world = world().await;
        let admin = world.admin().await;
        let new = NewClass { roster: names(5), cidr: "10.20.0.0/24".into(), ..NewClass::default() };
        let class = make(&world, &admin, new).await.class;
        let mut events = world.cloud.hub().subscribe();
        let mut running = world.cloud.start(CancellationToken::new());
        while seats(&world, class).await.iter().filter(|seat| seat.state == SeatState::Ready).count() < done {
            _ = events.recv().await;
        }
        running.shutdown().await;
        let world = world.reopen().await;
        world.settle().await;
        let all = seats(&world, class).await;
        assert!(all.len() == 5 && all.iter().all(|seat| seat.state == SeatState::Ready), "killed after {done}");
        assert_eq!(outcome(&world, "class_create").await, (OperationState::Succeeded, 100));
        let detail = world.cloud.classes.class_show(&admin, class).await.unwrap();
        assert!(detail.holdings.iter().all(|held| held.count == 5), "each once: {:?}", detail.holdings);
    }
}

#[tokio::test]
async fn a_reset_and_a_removal_that_were_killed_go_on() {
    for removes in [false, true] {
        for step in [1, 3, 6] {
            let world = world().await;
            let guest = image(&world, "guest").await;
            let class = class(&world, 3).await;
            let all = seats(&world, class).await;
            for seat in &all {
                launch_with(&world, &student(&world, seat).await, guest, "m1.nano").await.unwrap();
            }
            world.settle().await;
            let admin = world.admin().await;
            let verb = if removes { "class_remove" } else { "class_reset" };
            match removes {
                true => world.cloud.classes.class_remove(&admin, class, "Networks").await.unwrap(),
                false => world.cloud.classes.class_reset(&admin, class).await.unwrap(),
            }
            world.hypervisor.faults().trip_at(step, Trip::Halt);
            let mut events = world.cloud.hub().subscribe();
            let mut running = world.cloud.start(CancellationToken::new());
            let ended = async {
                while outcome(&world, verb).await.0 == OperationState::Running {
                    _ = events.recv().await;
                }
            };
            tokio::select! {
                () = world.hypervisor.faults().halted() => {}
                () = ended => {}
            }
            running.shutdown().await;
            world.hypervisor.faults().resume();
            let world = world.reopen().await;
            world.settle().await;
            assert_eq!(outcome(&world, verb).await, (OperationState::Succeeded, 100), "killed at step {step}");
            assert!(world.hypervisor.list().await.unwrap().is_empty());
            let listed = world.cloud.classes.class_list(&admin, &ListQuery::default()).await.unwrap();
            assert_eq!(listed.total, u64::from(!removes));
        }
    }
}

/// A seat that cannot be made says why, and the others are there.
#[tokio::test]
async fn a_seat_that_fails_keeps_no_other_waiting() {
    let world = world().await;
    let admin = world.admin().await;
    // The external network has room for 253 routers.
    let new = NewClass { roster: names(255), cidr: "10.20.0.0/24".into(), ..NewClass::default() };
    let class = make(&world, &admin, new).await.class;
    world.settle().await;
    let all = seats(&world, class).await;
    let failed: Vec<_> = all.iter().filter(|seat| seat.state == SeatState::Failed).collect();
    assert!((1..10).contains(&failed.len()), "{}", failed.len());
    assert!(matches!(failed[0].fault, Some(Error::Conflict(Conflict::NoFreeAddress { .. }))));
    assert_eq!(outcome(&world, "class_create").await.0, OperationState::Failed);
    // Room is made, and the seat is made anew.
    let ready = all.iter().find(|seat| seat.state == SeatState::Ready).unwrap();
    world.cloud.directory.project_delete(&admin, who(ready).1, &ready.project.as_ref().unwrap().1).await.unwrap();
    world.settle().await;
    world.cloud.classes.seat_reset(&admin, failed[0].id).await.unwrap();
    world.settle().await;
    let again = seats(&world, class).await.into_iter().find(|seat| seat.id == failed[0].id).unwrap();
    assert_eq!(again.state, SeatState::Ready, "{:?}", again.fault);
}
