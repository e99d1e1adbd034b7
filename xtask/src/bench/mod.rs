//! `cargo xtask bench`: Offing's column of the table of budgets: release build, over HTTP on loopback, with thousands of simulated
//! instances in the database. The client shares the machine's cores with the server, as it did when the other column was measured.

mod client;
mod first_visit;
mod lists;
mod table;
mod upload;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

use crate::command::run;
use crate::{build, paths, setup};
use client::Client;
use table::Table;

const LISTEN: &str = "127.0.0.1:18080";
const PASSWORD: &str = "correct horse battery";
/// Five projects of a thousand instances.
const PROJECTS: u32 = 5;
const INSTANCES: u32 = 1000;
/// How often each request is made.
const ROUNDS: usize = 200;
/// Launches for the rate, this many at a time.
const LAUNCHES: usize = 400;
const AT_ONCE: usize = 8;

/// Sets up, builds unless a program is given, seeds, measures and prints. Everything is made `fewer` times fewer.
pub fn bench(program: Option<PathBuf>, fewer: u32) -> Result<()> {
    let build = || setup::run().and_then(|()| build::build(true));
    let program = program.map_or_else(build, Ok)?;
    let data = paths::target()?.join("bench");
    let of = |n: u32| (n / fewer).max(2).to_string();
    let mut table = Table::default();

    let cloud = fresh(&data, "cloud")?;
    let (instances, images) = (of(INSTANCES), of(lists::IMAGES));
    seed(&program, &cloud, &["--projects", &PROJECTS.to_string(), "--instances", &instances, "--images", &images])?;
    let mut server = Server::start(&program, &cloud)?;
    measure(&mut table, &mut server, &program, &cloud)?;
    lists::images(&mut table)?;
    upload::throughput(&mut table, &data, u64::from(upload::MIB / fewer).max(8))?;
    server.stop()?;

    let cloud = fresh(&data, "large-cloud")?;
    seed(&program, &cloud, &["--projects", "1", "--instances", &of(lists::INSTANCES)])?;
    let server = Server::start(&program, &cloud)?;
    lists::instances(&mut table)?;
    drop(server);
    let (projects, users) = (of(lists::PROJECTS), of(lists::USERS));
    seed(&program, &cloud, &["--projects", &projects, "--instances", "0", "--users", &users])?;
    let server = Server::start(&program, &cloud)?;
    lists::directory(&mut table)?;
    drop(server);
    println!("{table}");
    Ok(())
}

/// An empty folder.
fn fresh(data: &Path, name: &str) -> Result<PathBuf> {
    let folder = data.join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    Ok(folder)
}

/// Fills the cloud in the folder, and gives its administrator the password that is known here.
fn seed(program: &Path, data: &Path, what: &[&str]) -> Result<()> {
    println!("bench: seeding {}", what.join(" "));
    let begun = Instant::now();
    let mut seed = Command::new(program);
    run(seed.arg("seed").args(what).arg("--data").arg(data).env("OFFING_LOG", "warn").stdout(Stdio::null()))?;
    println!("bench: seeded in {:.1} s", begun.elapsed().as_secs_f64());
    let mut password = Command::new(program);
    run(password.args(["user", "password", "admin", "--data"]).arg(data).env("OFFING_PASSWORD", PASSWORD))
}

fn measure(table: &mut Table, server: &mut Server, program: &Path, data: &Path) -> Result<()> {
    let mut client = Client::connect(LISTEN)?;
    client.sign_in("admin", PASSWORD)?;
    let project = seeded_project(&mut client)?;
    let page = |path: &str| format!("/p/{project}/{path}");
    let query = |limit: u32| json!({ "project": project, "query": { "limit": limit } });

    table.time("token or session check", "0.2 ms", ROUNDS, || {
        client.ask("session_show", &json!({ "project": project })).map(|_| ())
    })?;
    for (what, path) in [
        ("Instances page, 20 rows of 1,000", page("instances")),
        ("Overview page, 1,000 instances", page("overview")),
        ("Networks page", page("networks")),
    ] {
        table.time(what, "10 ms", ROUNDS, || client.page(&path).map(|_| ()))?;
    }
    let all = page("instances?limit=1000");
    table.time("Instances page, 1,000 rows", "150 ms", 20, || client.page(&all).map(|_| ()))?;
    table.time("20 of 1,000 instances with details", "2 ms", ROUNDS, || {
        client.ask("instance_list", &query(20)).map(|_| ())
    })?;
    table.time("all 1,000 instances with details", "40 ms", 20, || {
        client.ask("instance_list", &query(1000)).map(|_| ())
    })?;
    let first = client.call("instance_list", &query(1))?["items"][0]["id"].clone();
    let one = json!({ "project": project, "id": first });
    table.time("one instance", "1 ms", ROUNDS, || client.ask("instance_show", &one).map(|_| ()))?;
    let body = client.page(&page("instances"))?;
    table.fact("Instances page, 20 rows: HTML", "none", format!("{} kB", body.len() / 1000));
    first_visit::measure(table, &mut client, &page("instances"))?;

    launches(table, &mut client, &project)?;

    classes(table, &mut client, &project)?;

    table.time("password sign-in, one at a time", "argon2id + 5 ms", 10, || {
        Client::connect(LISTEN)?.sign_in("admin", PASSWORD)
    })?;
    table.time("sign in until the landing page is there", "150 ms", 10, || {
        let mut fresh = Client::connect(LISTEN)?;
        fresh.sign_in("admin", PASSWORD)?;
        fresh.page("/").map(|_| ())
    })?;
    table.rate("session checks", "10,000/s", AT_ONCE, 2000, || {
        let mut own = Client::connect(LISTEN)?;
        own.adopt(&client);
        let asked = json!({ "project": project });
        Ok(move || own.ask("session_show", &asked).map(|_| ()))
    })?;

    // At rest: nobody asks for anything, for so long that whatever is done once a minute is done.
    std::thread::sleep(Duration::from_secs(3));
    let (before, begun) = (server.cpu()?, Instant::now());
    std::thread::sleep(Duration::from_secs(60));
    let share = (server.cpu()? - before) / begun.elapsed().as_secs_f64() * 100.0;
    table.fact("CPU at rest, 5,000 instances", "0.5 %", format!("{share:.2} % of a core"));
    let memory = format!("{} MB RSS, peak {} MB", server.memory("VmRSS")?, server.memory("VmHWM")?);
    table.fact("memory at rest", "80 MB", memory);

    server.stop()?;
    let begun = Instant::now();
    *server = Server::start(program, data)?;
    Client::connect(LISTEN)?.sign_in("admin", PASSWORD)?;
    let cold = format!("{:.0} ms", begun.elapsed().as_secs_f64() * 1e3);
    table.fact("cold start to the first answered sign-in", "500 ms", cold);
    Ok(())
}

/// Launch accepted, ACTIVE, and how many in a minute.
fn launches(table: &mut Table, client: &mut Client, project: &str) -> Result<()> {
    let new = choices(client, project)?;
    let launch = |client: &mut Client, name: String| -> Result<String> {
        let mut form = new.clone();
        form.insert("name".to_owned(), name);
        client.launch(&form)
    };
    let mut n = 0;
    let mut made = Vec::new();
    table.time("launch accepted", "10 ms", 20, || {
        n += 1;
        made.push(launch(client, format!("accepted-{n}"))?);
        Ok(())
    })?;
    table.time("launch until ACTIVE", "100 ms", 20, || {
        n += 1;
        let id = launch(client, format!("active-{n}"))?;
        wait_active(client, project, &id)
    })?;
    let begun = Instant::now();
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..AT_ONCE)
            .map(|_| {
                let mut own = client.clone_session();
                scope.spawn({
                    let (next, launch) = (&next, &launch);
                    move || -> Result<()> {
                        let own = own.as_mut().map_err(|error| anyhow::anyhow!("{error:#}"))?;
                        loop {
                            let n = next.fetch_add(1, Ordering::Relaxed);
                            if n >= LAUNCHES {
                                return Ok(());
                            }
                            launch(own, format!("rate-{n}"))?;
                        }
                    }
                })
            })
            .collect();
        workers.into_iter().try_for_each(|worker| worker.join().unwrap_or_else(|_| bail!("a client broke off")))
    })?;
    let building = json!({ "project": project, "query": { "status": "BUILD", "limit": 1 } });
    wait("the launched instances do not all become active", || {
        Ok(client.call("instance_list", &building)?["total"] == 0)
    })?;
    let rate = LAUNCHES as f64 / begun.elapsed().as_secs_f64() * 60.0;
    table.fact("launches per minute until ACTIVE, 8 at a time", "7,500", format!("{rate:.0}"));
    Ok(())
}

/// A class of 30 with a starter network each, from the form until every seat is ready; then reset, and gone.
fn classes(table: &mut Table, client: &mut Client, project: &str) -> Result<()> {
    let roster: String = (1..=30).map(|n| format!("Student {n}\n")).collect();
    let new = json!({ "project": project, "name": "bench", "roster": roster, "cidr": "10.0.0.0/24" });
    let begun = Instant::now();
    let id = client.call("class_create", &new)?["class"].clone();
    let query = json!({ "project": project, "query": {} });
    let mut until = |what: &str, budget: &str, client: &mut Client, begun: Instant, there: u64| -> Result<()> {
        wait(what, || {
            let found = client.call("class_list", &query)?;
            Ok(found["total"] == there && (there == 0 || found["items"][0]["working"] == 0))
        })?;
        table.fact(what, budget, format!("{} ms", begun.elapsed().as_millis()));
        Ok(())
    };
    until("class of 30 created", "5 s", client, begun, 1)?;
    let begun = Instant::now();
    client.call("class_reset", &json!({ "project": project, "id": id }))?;
    until("class of 30 reset", "none", client, begun, 1)?;
    let begun = Instant::now();
    client.call("class_remove", &json!({ "project": project, "id": id, "confirm": "bench" }))?;
    until("class of 30 removed", "none", client, begun, 0)
}

/// The form's choices: the first of each.
fn choices(client: &mut Client, project: &str) -> Result<BTreeMap<String, String>> {
    let first = |list: &Value| list[0]["id"].as_str().map(str::to_owned).context("there is nothing to choose from");
    let query = json!({ "project": project, "query": {} });
    let flavors = client.call("flavor_list", &json!({ "project": project }))?;
    let images = client.call("image_list", &query)?;
    let networks = client.call("network_list", &query)?;
    Ok(BTreeMap::from([
        ("project".to_owned(), project.to_owned()),
        ("flavor".to_owned(), first(&flavors)?),
        ("image".to_owned(), first(&images["items"])?),
        ("network".to_owned(), first(&networks["items"])?),
    ]))
}

/// Until it is so. `what` is said if that takes minutes.
fn wait(what: &str, mut is_so: impl FnMut() -> Result<bool>) -> Result<()> {
    let end = Instant::now() + Duration::from_secs(300);
    while !is_so()? {
        ensure!(Instant::now() < end, "waited for minutes: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
    Ok(())
}

fn wait_active(client: &mut Client, project: &str, id: &str) -> Result<()> {
    let asked = json!({ "project": project, "id": id });
    let end = Instant::now() + Duration::from_secs(30);
    while Instant::now() < end {
        if client.call("instance_show", &asked)?["instance"]["state"]["status"] == "ACTIVE" {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    bail!("instance {id} does not become active")
}

fn seeded_project(client: &mut Client) -> Result<String> {
    let home = client.landing()?;
    let own = home.split('/').nth(2).context("the landing page is in no project")?.to_owned();
    let me = client.call("me_show", &json!({ "project": own }))?;
    let memberships = me["memberships"].as_array().context("there are no projects")?;
    let seeded =
        memberships.iter().find(|it| it["project_name"].as_str().is_some_and(|name| name.starts_with("seed-")));
    let id = seeded.and_then(|it| it["project"].as_str()).context("there is no seeded project")?;
    Ok(id.replace('-', ""))
}

/// The server under test; killed when dropped.
struct Server(Child);

impl Server {
    fn start(program: &Path, data: &Path) -> Result<Self> {
        let mut serve = Command::new(program);
        serve
            .args(["serve", "--hypervisor", "simulator", "--listen", LISTEN, "--data"])
            .arg(data)
            .env("OFFING_LOG", "warn");
        let server = Self(serve.stdout(Stdio::null()).spawn().context("cannot start the server")?);
        let end = Instant::now() + Duration::from_secs(30);
        while Client::connect(LISTEN).and_then(|mut client| client.page("/healthz")).is_err() {
            ensure!(Instant::now() < end, "the server does not answer");
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(server)
    }

    fn stop(&mut self) -> Result<()> {
        self.0.kill()?;
        self.0.wait()?;
        Ok(())
    }

    /// Megabytes, by the name that /proc/<pid>/status gives them.
    fn memory(&self, name: &str) -> Result<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.0.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix(name)).context("no such line in /proc")?;
        let kilobytes: u64 = line.trim_matches(|c: char| !c.is_ascii_digit()).parse()?;
        Ok(kilobytes / 1000)
    }

    /// Seconds of CPU time used so far (proc(5): utime and stime are fields 14 and 15, in clock ticks of 10 ms).
    fn cpu(&self) -> Result<f64> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.0.id()))?;
        let fields = stat.rsplit_once(')').context("no such line in /proc")?.1;
        let ticks =
            |n: usize| fields.split_whitespace().nth(n - 3).and_then(|field| field.parse::<f64>().ok()).unwrap_or(0.0);
        Ok((ticks(14) + ticks(15)) / 100.0)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        _ = self.0.kill();
        _ = self.0.wait();
    }
}
