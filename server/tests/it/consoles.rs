//! Consoles over a real connection: the stream gets through both ways, and ends when it must.

use crate::client::Client;
use crate::world::{World, world};
use api::account::Account as _;
use api::compute::Compute as _;
use api::directory::Directory as _;
use api::{InstanceId, ProjectId, Role};
use futures::{SinkExt as _, StreamExt as _};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

const PATIENCE: Duration = Duration::from_secs(10);

type Socket = WebSocketStream<TcpStream>;

/// Opens a console as a page of ours would.
async fn open(
    world: &World,
    client: &Client,
    project: ProjectId,
    id: InstanceId,
    console: &str,
) -> Result<Socket, Error> {
    let address = world.listen().await;
    let mut request =
        format!("ws://{address}/p/{project}/instances/{id}/console/{console}").into_client_request().unwrap();
    request.headers_mut().insert("origin", format!("http://{address}").parse().unwrap());
    let cookie = format!("offing={}", client.cookie("offing").unwrap_or_default());
    request.headers_mut().insert("cookie", cookie.parse().unwrap());
    let stream = TcpStream::connect(address).await.unwrap();
    client_async(request, stream).await.map(|(socket, _)| socket)
}

/// Reads until the text has come.
async fn read_until(socket: &mut Socket, text: &str) {
    let mut read = String::new();
    while !read.contains(text) {
        match tokio::time::timeout(PATIENCE, socket.next())
            .await
            .unwrap_or_else(|_| panic!("waited for {text:?} after {read:?}"))
        {
            Some(Ok(Message::Binary(bytes))) => read.push_str(&String::from_utf8_lossy(&bytes)),
            other => panic!("{other:?} after {read:?}"),
        }
    }
}

/// Why the server has closed it.
async fn closed(socket: &mut Socket) -> CloseCode {
    loop {
        match tokio::time::timeout(PATIENCE, socket.next()).await.expect("it stays open") {
            Some(Ok(Message::Close(Some(frame)))) => return frame.code,
            Some(Ok(_)) => {}
            other => panic!("{other:?}"),
        }
    }
}

/// A world with a running instance in the admin's project, and the admin's browser.
async fn running() -> (World, Client, ProjectId, InstanceId) {
    let world = world().await;
    let admin = world.admin().await;
    let id = world.launch(&admin, "vm").await;
    world.settle().await;
    let client = world.sign_in("admin").await;
    (world, client, admin.project, id)
}

#[tokio::test]
async fn both_consoles_carry_both_ways() {
    let (world, client, project, id) = running().await;
    let mut screen = open(&world, &client, project, id, "vnc").await.unwrap();
    read_until(&mut screen, "RFB 003.008\n").await;
    screen.send(Message::binary(&b"RFB 003.008\n"[..])).await.unwrap();
    read_until(&mut screen, "\u{1}").await;
    let mut line = open(&world, &client, project, id, "serial").await.unwrap();
    line.send(Message::binary(&b"\n"[..])).await.unwrap();
    read_until(&mut line, "login").await;
}

#[tokio::test]
async fn deleting_the_instance_closes_its_console() {
    let (world, client, project, id) = running().await;
    let mut socket = open(&world, &client, project, id, "serial").await.unwrap();
    world.cloud.compute.instance_delete(&world.admin().await, id).await.unwrap();
    world.settle().await;
    assert_eq!(closed(&mut socket).await, CloseCode::Normal);
}

#[tokio::test]
async fn signing_out_closes_the_console() {
    let (world, client, project, id) = running().await;
    let mut socket = open(&world, &client, project, id, "serial").await.unwrap();
    client.post_form("/sign-out", &[]).await;
    assert_eq!(closed(&mut socket).await, CloseCode::Policy);
}

#[tokio::test]
async fn the_stopping_server_closes_the_console() {
    let (world, client, project, id) = running().await;
    let mut socket = open(&world, &client, project, id, "vnc").await.unwrap();
    world.drain.cancel();
    assert_eq!(closed(&mut socket).await, CloseCode::Away);
}

#[tokio::test]
async fn a_stopped_instance_has_no_console() {
    let (world, client, project, id) = running().await;
    world.cloud.compute.instance_stop(&world.admin().await, id).await.unwrap();
    world.settle().await;
    let Err(Error::Http(answer)) = open(&world, &client, project, id, "vnc").await else { panic!("it opened") };
    assert_eq!(answer.status(), 409);
}

#[tokio::test]
async fn ending_the_session_closes_the_console() {
    let (world, client, project, id) = running().await;
    let mut socket = open(&world, &client, project, id, "serial").await.unwrap();
    let admin = world.admin().await;
    world.cloud.identity.session_revoke_user(&admin, admin.user).await.unwrap();
    assert_eq!(closed(&mut socket).await, CloseCode::Policy);
}

/// Rights that outlive the role: OSSA-2012-014, 2016-005.
#[tokio::test]
async fn security_13_a_console_ends_with_the_right_to_it() {
    let (world, _, project, id) = running().await;
    let admin = world.admin().await;
    let identity = &world.cloud.identity;
    let user = world.user("u", project, Role::Member).await;
    let client = world.sign_in("u").await;

    let mut socket = open(&world, &client, project, id, "serial").await.unwrap();
    identity.assignment_set(&admin, user, project, Role::Manager).await.unwrap();
    socket.send(Message::binary(&b"\n"[..])).await.unwrap();
    read_until(&mut socket, "login").await;
    identity.assignment_set(&admin, user, project, Role::Reader).await.unwrap();
    assert_eq!(closed(&mut socket).await, CloseCode::Policy, "a reader has no console");

    identity.assignment_set(&admin, user, project, Role::Member).await.unwrap();
    let mut socket = open(&world, &client, project, id, "serial").await.unwrap();
    identity.assignment_remove(&admin, user, project).await.unwrap();
    assert_eq!(closed(&mut socket).await, CloseCode::Policy, "nobody in the project");

    identity.assignment_set(&admin, user, project, Role::Member).await.unwrap();
    let mut socket = open(&world, &client, project, id, "serial").await.unwrap();
    world.cloud.directory.user_enable(&admin, user, false).await.unwrap();
    assert_eq!(closed(&mut socket).await, CloseCode::Policy, "disabled");
}
