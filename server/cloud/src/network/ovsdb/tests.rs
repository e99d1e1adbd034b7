//! The client against a server that says what the test wants said.

use super::*;
use tokio::net::UnixListener;

const TABLES: Tables = &[("T", &["name"])];

struct Server {
    listener: UnixListener,
}

impl Server {
    fn new(folder: &tempfile::TempDir) -> (Self, PathBuf) {
        let socket = folder.path().join("db.sock");
        (Self { listener: UnixListener::bind(&socket).unwrap() }, socket)
    }

    /// Takes the next client and answers its `monitor` with one row.
    async fn greet(&self, name: &str) -> Connection {
        let mut connection = Framed::new(self.listener.accept().await.unwrap().0, Frames::default());
        let monitor = receive(&mut connection).await.unwrap();
        assert_eq!(monitor["params"], json!(["DB", null, {"T": [{"columns": ["name"]}]}]));
        let rows = json!({"T": {uuid::Uuid::nil().to_string(): {"new": {"name": name}}}});
        send(&mut connection, json!({"id": 0, "result": rows, "error": null})).await.unwrap();
        connection
    }
}

async fn name(client: &Client) -> Result<Datum, OvsdbError> {
    client.read(|copy| copy["T"][&uuid::Uuid::nil()]["name"].clone()).await
}

fn delete() -> [Operation; 1] {
    [Operation::Delete { table: "T", uuid: uuid::Uuid::nil() }]
}

#[tokio::test]
async fn transactions_show_in_the_copy_when_they_return() {
    let folder = tempfile::tempdir().unwrap();
    let (server, socket) = Server::new(&folder);
    let client = Client::open(&socket, "DB", TABLES);
    let mut connection = server.greet("a").await;
    assert_eq!(name(&client).await.unwrap(), Datum::one("a"));

    send(&mut connection, json!({"method": "echo", "params": ["x"], "id": "echo"})).await.unwrap();
    assert_eq!(receive(&mut connection).await.unwrap()["result"], json!(["x"]));

    let serve = async {
        let request = receive(&mut connection).await.unwrap();
        assert_eq!((&request["method"], &request["params"][0]), (&json!("transact"), &json!("DB")));
        assert_eq!(request["params"][1]["op"], json!("delete"));
        let rows = json!({"T": {uuid::Uuid::nil().to_string(): {"old": {"name": "a"}, "new": {"name": "b"}}}});
        send(&mut connection, json!({"method": "update", "params": [null, rows], "id": null})).await.unwrap();
        send(&mut connection, json!({"id": request["id"], "result": [{"count": 1}], "error": null})).await.unwrap();
    };
    let client_side = async {
        client.transact(&delete()).await.unwrap();
        name(&client).await.unwrap()
    };
    let (seen, ()) = tokio::join!(client_side, serve);
    assert_eq!(seen, Datum::one("b"));
}

#[tokio::test]
async fn a_failed_operation_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let (server, socket) = Server::new(&folder);
    let client = Client::open(&socket, "DB", TABLES);
    let mut connection = server.greet("a").await;
    for (entries, expected) in [
        (json!([{"error": "no row", "details": "gone"}]), "no row: gone (in {\"op\":\"delete\""),
        (json!([{"count": 1}, {"error": "constraint violation", "details": "twice"}]), "the transaction as a whole"),
    ] {
        let serve = async {
            let request = receive(&mut connection).await.unwrap();
            send(&mut connection, json!({"id": request["id"], "result": entries, "error": null})).await.unwrap();
        };
        let operations = delete();
        let (error, ()) = tokio::join!(client.transact(&operations), serve);
        let error = error.unwrap_err();
        assert!(matches!(error, OvsdbError::Refused { .. }) && error.to_string().contains(expected), "{error}");
    }
}

#[tokio::test]
async fn a_lost_server_is_said_and_found_again() {
    let folder = tempfile::tempdir().unwrap();
    let (server, socket) = Server::new(&folder);
    let client = Client::open(&socket, "DB", TABLES);
    let mut seen = client.watch();
    let mut connection = server.greet("a").await;

    let serve = async move {
        receive(&mut connection).await.unwrap();
        drop(connection);
    };
    let operations = delete();
    let (lost, ()) = tokio::join!(client.transact(&operations), serve);
    assert!(matches!(lost, Err(OvsdbError::Unreachable { .. })), "{lost:?}");

    let _connection = server.greet("c").await;
    seen.wait_for(|seen| seen.connections == 2).await.unwrap();
    assert_eq!(name(&client).await.unwrap(), Datum::one("c"));
}

#[tokio::test]
async fn no_server_is_said_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let client = Client::open(&folder.path().join("none"), "DB", TABLES);
    let error = name(&client).await.unwrap_err();
    assert!(error.to_string().contains("cannot connect"), "{error}");
}
