//! The program itself, as a shell starts it.

use crate::world::PASSWORD;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

const PATIENCE: Duration = Duration::from_secs(20);

fn offing(data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_offing"));
    command.env("OFFING_DATA", data).env_remove("OFFING_CONFIG").stdin(Stdio::null());
    command
}

fn run(data: &Path, arguments: &[&str]) -> Output {
    offing(data).args(arguments).env("OFFING_PASSWORD", "a new password").output().unwrap()
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A serving program; killed when dropped.
struct Server {
    child: Child,
    address: SocketAddr,
}

impl Server {
    /// Starts on a free port of the loopback, which the log tells.
    fn start(data: &Path, arguments: &[&str]) -> Self {
        let mut command = offing(data);
        command.args(["serve", "--demo", "--listen", "127.0.0.1:0", "--log-format", "json"]).args(arguments);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap()).lines();
        let serving = log.find_map(|line| {
            let line: serde_json::Value = serde_json::from_str(&line.unwrap()).unwrap();
            let fields = &line["fields"];
            (fields["message"] == "serving").then(|| fields["address"].as_str().unwrap().parse().unwrap())
        });
        // The rest of the log has to go somewhere.
        std::thread::spawn(move || log.for_each(drop));
        Self { child, address: serving.expect("it does not serve") }
    }

    fn get(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(self.address).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.address).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([name, &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    fn ended(&mut self) -> ExitStatus {
        let late = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < late, "it does not end");
            std::thread::yield_now();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn it_serves_until_it_is_asked_to_stop() {
    let data = TempDir::new().unwrap();
    let mut server = Server::start(data.path(), &["--metrics-token", "secret"]);
    assert!(server.get("/healthz").ends_with("ok\n"));
    assert!(server.get("/metrics").starts_with("HTTP/1.1 401"));

    // An open event stream or a slow client must not hold it up.
    let mut held = TcpStream::connect(server.address).unwrap();
    held.write_all(b"GET / HTTP/1.1\r\n").unwrap();
    server.signal("-TERM");
    assert!(server.ended().success());
    let mut said = String::new();
    server.child.stdout.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!(said.lines().count(), 1);
    let password = said.split("password ").nth(1).unwrap().split(';').next().unwrap();
    assert!(password.len() >= 20, "{said}");

    let mut again = Server::start(data.path(), &[]);
    again.signal("-INT");
    assert!(again.ended().success());
    let mut said = String::new();
    again.child.stdout.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!(said, "", "the password is shown once");
}

#[test]
fn one_data_folder_has_one_server() {
    let data = TempDir::new().unwrap();
    let server = Server::start(data.path(), &[]);
    let second = run(data.path(), &["serve", "--demo", "--listen", "127.0.0.1:0"]);
    assert!(!second.status.success() && told(&second).contains("another Offing"), "{}", told(&second));
    let other = TempDir::new().unwrap();
    let taken = run(other.path(), &["serve", "--demo", "--listen", &server.address.to_string()]);
    assert!(!taken.status.success() && told(&taken).contains("--listen"), "{}", told(&taken));
}

#[test]
fn a_backup_brings_everything_back() {
    let data = TempDir::new().unwrap();
    let file = data.path().join("backup.tar");
    let file = file.to_str().unwrap();
    let server = Server::start(data.path(), &["--admin-password", PASSWORD]);
    let made = run(data.path(), &["backup", file]);
    assert!(made.status.success(), "{}", told(&made));
    assert!(!run(data.path(), &["backup", file]).status.success(), "a backup overwrites nothing");
    let refused = run(data.path(), &["restore", file]);
    assert!(told(&refused).contains("another Offing"), "{}", told(&refused));
    drop(server);
    let refused = run(data.path(), &["restore", file]);
    assert!(told(&refused).contains("already"), "{}", told(&refused));

    let fresh = TempDir::new().unwrap();
    let broken = fresh.path().join("broken.tar");
    let whole = std::fs::read(file).unwrap();
    std::fs::write(&broken, &whole[..whole.len() / 2]).unwrap();
    assert!(!run(fresh.path(), &["restore", broken.to_str().unwrap()]).status.success());
    let restored = run(fresh.path(), &["restore", file]);
    assert!(restored.status.success(), "{}", told(&restored));
    assert_eq!(std::fs::read_dir(fresh.path().join("images")).unwrap().count(), 1);
    let key = |folder: &TempDir| std::fs::read(folder.path().join("secret.key")).unwrap();
    assert_eq!(key(&fresh), key(&data), "what is sealed can be opened");
    assert!(Server::start(fresh.path(), &[]).get("/healthz").ends_with("ok\n"));
}

#[test]
fn passwords_are_set_and_clouds_are_filled() {
    let data = TempDir::new().unwrap();
    for task in ["password", "factors"] {
        let nothing = run(data.path(), &["user", task, "admin"]);
        assert!(told(&nothing).contains("no cloud"), "{}", told(&nothing));
    }
    let seeded = run(data.path(), &["seed", "--projects", "2", "--instances", "20", "--users", "5", "--images", "30"]);
    assert!(seeded.status.success(), "{}", told(&seeded));
    assert!(String::from_utf8_lossy(&seeded.stdout).contains("5 users and 30 images"));
    let set = run(data.path(), &["user", "password", "admin"]);
    assert!(set.status.success(), "{}", told(&set));
    let unknown = run(data.path(), &["user", "password", "nobody"]);
    assert!(told(&unknown).contains("no user “nobody”"), "{}", told(&unknown));
    let server = Server::start(data.path(), &[]);
    assert!(server.get("/metrics").contains("offing_instances{status=\"ACTIVE\"} 40"));
}

#[test]
fn bad_options_are_named() {
    let data = TempDir::new().unwrap();
    for (arguments, named) in [
        (&["serve", "--listen", "here"] as &[_], "--listen"),
        (&["serve", "--demo", "--external-cidr", "x", "--external-gateway", "10.0.0.1"], "--external-cidr"),
        (&["serve", "--demo", "--guest-image", "/nowhere"], "--guest-image"),
        (&["serve", "--hypervisor", "nonsense://"], "nonsense"),
        (&["--config", "/nowhere", "serve"], "/nowhere"),
        (&["--log", "=nonsense=", "serve"], "--log"),
        (&["--data", "/proc/nowhere", "serve"], "/proc/nowhere"),
    ] {
        let refused = run(data.path(), arguments);
        assert!(!refused.status.success() && told(&refused).contains(named), "{arguments:?}: {}", told(&refused));
    }
}
