//! The program.

use anyhow::{Context as _, Result, ensure};
use clap::error::ErrorKind;
use cloud::audit::{self, Verdict};
use cloud::clock::Clock;
use cloud::core::Core;
use cloud::db::Db;
use cloud::hub::Hub;
use cloud::identity::IdentityService;
use server::config::{self, AuditTask, Cli, Common, LogFormat, Task, UserTask};
use server::data::DATABASE;
use server::{backup, doctor, seed, serve};
use std::io::{BufRead as _, IsTerminal as _, Write as _};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use tracing_subscriber::EnvFilter;

/// It gives memory back after a rush, where the system's own keeps three times as much in the arenas of its threads. The libraries in C
/// use it too (its feature `override`): SQLite's pages are the most that the program holds. It asks for no huge pages (`no_thp`), of
/// which each would stay whole for the sake of the last small thing in it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    server::memory::give_back_soon();
    let ended = match config::read(std::env::args_os()) {
        Ok(cli) => run(cli).await,
        Err(error) => match error.downcast::<clap::Error>() {
            Ok(error) => {
                let code =
                    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) { 0 } else { 2 };
                return if error.print().is_ok() { ExitCode::from(code) } else { ExitCode::FAILURE };
            }
            Err(error) => Err(error),
        },
    };
    match ended {
        Ok(code) => code,
        Err(error) => {
            // Nobody is left to tell if this fails.
            let _ = writeln!(std::io::stderr(), "offing: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(cli: Cli) -> Result<ExitCode> {
    log(&cli.common)?;
    let data = &cli.common.data;
    match cli.task {
        Task::Serve(options) => serve::serve(cli.common, *options).await?,
        Task::Doctor(host) => return doctor::run(data, &host).await,
        Task::Backup { file } => backup::backup(data, &file).await?,
        Task::Restore { file } => backup::restore(data, &file)?,
        Task::Seed { projects, instances, users, images } => {
            seed::seed(data, seed::Numbers { projects, instances, users, images }).await?
        }
        Task::Audit(AuditTask::Verify { head }) => return audit_verify(data, head.as_deref()).await,
        Task::User(task) => user(data, task).await?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Starts the log, on the standard error.
fn log(common: &Common) -> Result<()> {
    let filter = EnvFilter::try_new(&common.log).with_context(|| format!("--log {}", common.log))?;
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    match common.log_format {
        LogFormat::Human => log.compact().init(),
        LogFormat::Json => log.json().init(),
    }
    Ok(())
}

/// Follows the audit log's chain and tells what that has shown.
async fn audit_verify(folder: &Path, head: Option<&str>) -> Result<ExitCode> {
    let file = folder.join(DATABASE);
    ensure!(file.exists(), "there is no cloud in {}", folder.display());
    let db = Db::open(&file).await?;
    let verdict = audit::verify(&db, head).await?;
    db.close().await;
    let mut out = std::io::stdout();
    match verdict {
        Verdict::Whole { entries, head } => {
            writeln!(out, "The audit log is whole: {entries} entries.")?;
            writeln!(out, "Its last hash is {head}; noted elsewhere, it proves the log up to here.")?;
            Ok(ExitCode::SUCCESS)
        }
        Verdict::Broken { id, at, verb } => {
            let at = time::OffsetDateTime::from_unix_timestamp(at.div_euclid(1_000_000))?;
            writeln!(
                out,
                "The audit log is broken: entry {id} ({verb}, {at}) or one before it was altered or taken out."
            )?;
            Ok(ExitCode::FAILURE)
        }
        Verdict::Foreign { entries } => {
            writeln!(
                out,
                "The {entries} entries fit together, but the hash that was given is not among them: the end of the log was taken off or written anew."
            )?;
            Ok(ExitCode::FAILURE)
        }
    }
}

/// Looks after a user; the server may be running.
async fn user(folder: &Path, task: UserTask) -> Result<()> {
    let file = folder.join(DATABASE);
    ensure!(file.exists(), "there is no cloud in {}", folder.display());
    let core = Core {
        db: Db::open(&file).await?,
        hub: Hub::new(Clock::System),
        clock: Clock::System,
        data: folder.to_owned(),
    };
    let core = Arc::new(core);
    let identity = IdentityService::new(core.clone())?;
    match task {
        UserTask::Password { name, must_change } => identity.password_set(&name, &password()?, must_change).await?,
        UserTask::Factors { name } => identity.factors_remove(&name).await?,
    }
    core.db.close().await;
    Ok(())
}

/// The new password: never an argument, which everybody on the host could read.
fn password() -> Result<String> {
    if let Ok(password) = std::env::var("OFFING_PASSWORD") {
        return Ok(password);
    }
    write!(std::io::stderr(), "New password: ")?;
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}
