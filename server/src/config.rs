//! The command line. Every option is also an environment variable and a line of `offing.toml`; a flag beats the variable, the variable
//! beats the file, the file beats the default.

use crate::drivers::SIMULATOR;
use anyhow::{Context, Result, bail};
use axum::http::Uri;
use clap::{Args, Command, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use std::ffi::OsString;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

/// Where the configuration file is looked for when none is named.
const FILE: &str = "/etc/offing/offing.toml";

/// A private cloud in one program.
#[derive(Parser)]
#[command(name = "offing", version, after_help = AFTER)]
pub struct Cli {
    #[command(flatten)]
    pub common: Common,
    #[command(subcommand)]
    pub task: Task,
}

const AFTER: &str =
    "Every option can also be set as a line of the configuration file, such as `listen = \"0.0.0.0:8080\"`.";

#[derive(Args)]
pub struct Common {
    /// The configuration file [default: /etc/offing/offing.toml where it exists].
    #[arg(long, global = true, env = "OFFING_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The folder that holds the database, the images and the instances' disks.
    #[arg(long, global = true, env = "OFFING_DATA", value_name = "DIR", default_value = "/var/lib/offing")]
    pub data: PathBuf,
    /// What is logged: `error`, `warn`, `info`, `debug`, `trace`, or by part, such as `info,cloud::compute=debug`.
    #[arg(long, global = true, env = "OFFING_LOG", value_name = "LEVEL", default_value = "info")]
    pub log: String,
    #[arg(long, global = true, env = "OFFING_LOG_FORMAT", value_enum, default_value_t = LogFormat::Human)]
    pub log_format: LogFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For reading.
    Human,
    /// One JSON object a line, for a log collector.
    Json,
}

#[derive(Subcommand)]
pub enum Task {
    /// Serve the cloud and its console.
    Serve(Box<Serve>),
    /// Say what this host can do, and what to do about what it cannot.
    Doctor(Host),
    /// Write the database and the images into a file. Can be done while the server runs.
    Backup { file: PathBuf },
    /// Bring a backup into a data folder that holds no cloud yet.
    Restore { file: PathBuf },
    /// Look after users.
    #[command(subcommand)]
    User(UserTask),
    /// Look after the audit log.
    #[command(subcommand)]
    Audit(AuditTask),
    /// Fill the database with projects and instances, to try Offing at size. For the simulator.
    Seed {
        #[arg(long, default_value_t = 10)]
        projects: u32,
        /// In each project.
        #[arg(long, default_value_t = 100)]
        instances: u32,
        /// Members of the projects, in turn.
        #[arg(long, default_value_t = 0)]
        users: u32,
        /// Of the projects, in turn.
        #[arg(long, default_value_t = 0)]
        images: u32,
    },
}

#[derive(Subcommand)]
pub enum UserTask {
    /// Give a user a new password, read from OFFING_PASSWORD or the standard input, and end the user's sessions.
    Password {
        name: String,
        /// Another has to be chosen at the next sign-in.
        #[arg(long)]
        must_change: bool,
    },
    /// Take a user's second factors away, for somebody who has lost them and can ask no administrator.
    Factors { name: String },
}

#[derive(Subcommand)]
pub enum AuditTask {
    /// Follow the chain of the audit log, and say whether any entry was altered or taken out. Can be done while the server runs.
    Verify {
        /// A hash that was printed before: the chain must hold it still.
        #[arg(long, value_name = "HASH")]
        head: Option<String>,
    },
}

#[derive(Args)]
pub struct Serve {
    /// The address that browsers connect to.
    #[arg(long, env = "OFFING_LISTEN", value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// The address that browsers see when a proxy stands in front, such as https://cloud.example.org.
    #[arg(long, env = "OFFING_PUBLIC_URL", value_name = "URL", value_parser = public_url)]
    pub public_url: Option<Uri>,
    #[command(flatten)]
    pub host: Host,
    /// Simulate instances and networks, with an image and an external network to play with.
    #[arg(long, env = "OFFING_DEMO", conflicts_with = "hypervisor")]
    pub demo: bool,
    /// A disk image that everybody finds as the public image Offing Guest.
    #[arg(long, env = "OFFING_GUEST_IMAGE", value_name = "FILE")]
    pub guest_image: Option<PathBuf>,
    /// The first start gives this password to the user admin; without it, one is made up and printed.
    #[arg(long, env = "OFFING_ADMIN_PASSWORD", value_name = "PASSWORD", hide_env_values = true)]
    pub admin_password: Option<String>,
    /// The range of the external network, which routers and floating IPs take their addresses from.
    #[arg(long, env = "OFFING_EXTERNAL_CIDR", value_name = "CIDR", requires = "external_gateway")]
    pub external_cidr: Option<String>,
    /// The external network's own router.
    #[arg(long, env = "OFFING_EXTERNAL_GATEWAY", value_name = "ADDRESS", requires = "external_cidr")]
    pub external_gateway: Option<Ipv4Addr>,
    /// The external network's name in OVN's bridge mappings.
    #[arg(long, env = "OFFING_EXTERNAL_NETWORK", value_name = "NAME", default_value = "ext")]
    pub external_network: String,
    /// Ranges that images are imported from although they are not the Internet, separated by commas: one's own mirrors.
    #[arg(long, env = "OFFING_IMPORT_ALLOW", value_name = "CIDRS")]
    pub import_allow: Option<String>,
    /// A session ends after so many minutes without a request.
    #[arg(long, env = "OFFING_SESSION_IDLE", value_name = "MINUTES", default_value_t = 60)]
    pub session_idle: u32,
    /// A session ends so many hours after the sign-in.
    #[arg(long, env = "OFFING_SESSION_LONGEST", value_name = "HOURS", default_value_t = 12)]
    pub session_longest: u32,
    /// A file of passwords that have become known elsewhere, which nobody may choose: the SHA-1 of one a line, sorted.
    #[arg(long, env = "OFFING_BREACHED_PASSWORDS", value_name = "FILE")]
    pub breached_passwords: Option<PathBuf>,
    /// Only those who send this as their bearer token may read /metrics.
    #[arg(long, env = "OFFING_METRICS_TOKEN", value_name = "TOKEN", hide_env_values = true)]
    pub metrics_token: Option<String>,
    /// How many seconds requests under way get to end when the server is stopped.
    #[arg(long, env = "OFFING_DRAIN", value_name = "SECONDS", default_value_t = 10)]
    pub drain: u32,
}

/// The daemons of this host.
#[derive(Args)]
pub struct Host {
    /// `qemu:///system`, or `simulator` for a host that only pretends [default: libvirt where it answers, else the simulator].
    #[arg(long, env = "OFFING_HYPERVISOR", value_name = "URI", value_parser = hypervisor)]
    pub hypervisor: Option<String>,
    /// The socket of OVN's northbound database.
    #[arg(long, env = "OFFING_OVN", value_name = "SOCKET", default_value = "/run/ovn/ovnnb_db.sock")]
    pub ovn: PathBuf,
    /// The socket of this host's Open vSwitch database.
    #[arg(long, env = "OFFING_OVS", value_name = "SOCKET", default_value = "/run/openvswitch/db.sock")]
    pub ovs: PathBuf,
}

fn hypervisor(text: &str) -> Result<String, String> {
    if text == SIMULATOR || text.starts_with("qemu") && text.contains("://") {
        return Ok(text.to_owned());
    }
    Err("give libvirt's address of a QEMU host, such as qemu:///system, or `simulator`".to_owned())
}

fn public_url(text: &str) -> Result<Uri, String> {
    let url: Uri = text.parse().map_err(|_| "not a URL such as https://cloud.example.org")?;
    match (url.scheme_str(), url.authority(), url.path()) {
        (Some("http" | "https"), Some(_), "/") => Ok(url),
        _ => Err("give scheme and host only, such as https://cloud.example.org".to_owned()),
    }
}

/// Reads arguments, environment and file.
pub fn read(arguments: impl IntoIterator<Item = OsString>) -> Result<Cli> {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let file = file_named(&arguments);
    let table = match &file {
        Some(path) => table(&std::fs::read_to_string(path).with_context(|| cannot_read(path))?)
            .with_context(|| cannot_read(path))?,
        None => toml::Table::new(),
    };
    let command = with_defaults(Cli::command(), &table)?;
    let matches = command.try_get_matches_from(arguments)?;
    Ok(Cli::from_arg_matches(&matches)?)
}

fn cannot_read(path: &Path) -> String {
    format!("the configuration file {} cannot be used", path.display())
}

/// The file that the arguments or the environment name, or the usual one if it exists. It has to be known before clap runs, which
/// gets its values as defaults.
fn file_named(arguments: &[OsString]) -> Option<PathBuf> {
    let flag =
        arguments.iter().enumerate().find_map(|(n, argument)| match argument.to_str()?.strip_prefix("--config")? {
            "" => arguments.get(n + 1).map(PathBuf::from),
            rest => rest.strip_prefix('=').map(PathBuf::from),
        });
    let variable = || std::env::var_os("OFFING_CONFIG").map(PathBuf::from);
    flag.or_else(variable).or_else(|| Some(PathBuf::from(FILE)).filter(|path| path.exists()))
}

fn table(text: &str) -> Result<toml::Table> {
    Ok(text.parse()?)
}

/// Makes the file's values the options' defaults, so that clap itself sees to precedence and to bad values.
fn with_defaults(command: Command, table: &toml::Table) -> Result<Command> {
    let mut known = Vec::new();
    let command = defaults(command, table, &mut known)?;
    match table.keys().find(|key| !known.contains(key)) {
        Some(key) => bail!("the configuration file has the unknown option `{key}`"),
        None => Ok(command),
    }
}

fn defaults(mut command: Command, table: &toml::Table, known: &mut Vec<String>) -> Result<Command> {
    let options: Vec<(String, String)> = command
        .get_arguments()
        .filter_map(|arg| Some((arg.get_id().to_string(), arg.get_long()?.to_owned())))
        .filter(|(_, long)| long != "config")
        .collect();
    for (id, long) in options {
        let Some(value) = table.get(&long) else { continue };
        let text = match value {
            toml::Value::String(text) => text.clone(),
            toml::Value::Integer(number) => number.to_string(),
            toml::Value::Boolean(flag) => flag.to_string(),
            _ => bail!("`{long}` in the configuration file has to be a text, a number, true or false"),
        };
        known.push(long);
        command = command.mut_arg(id, |arg| arg.default_value(text));
    }
    let tasks: Vec<String> = command.get_subcommands().map(|task| task.get_name().to_owned()).collect();
    for name in tasks {
        let mut failed = None;
        command = command.mut_subcommand(name, |task| match defaults(task.clone(), table, known) {
            Ok(task) => task,
            Err(error) => {
                failed = Some(error);
                task
            }
        });
        if let Some(error) = failed {
            return Err(error);
        }
    }
    Ok(command)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn serve(arguments: &[&str], file: &str) -> Result<(Cli, Box<Serve>)> {
        let command = with_defaults(Cli::command(), &table(file)?)?;
        let matches = command.try_get_matches_from(["offing", "serve"].iter().chain(arguments))?;
        let mut cli = Cli::from_arg_matches(&matches)?;
        match std::mem::replace(&mut cli.task, Task::Backup { file: PathBuf::new() }) {
            Task::Serve(serve) => Ok((cli, serve)),
            _ => bail!("not serve"),
        }
    }

    #[test]
    fn flag_beats_file_beats_default() {
        assert_eq!(serve(&[], "").unwrap().1.listen.port(), 8080);
        assert_eq!(serve(&[], "listen = '0.0.0.0:80'").unwrap().1.listen.port(), 80);
        assert_eq!(serve(&["--listen", "0.0.0.0:81"], "listen = '0.0.0.0:80'").unwrap().1.listen.port(), 81);
        assert!(serve(&[], "demo = true").unwrap().1.demo);
        assert!(!serve(&[], "").unwrap().1.demo);
        assert_eq!(serve(&[], "data = '/srv/x'\nsession-idle = 5").unwrap().0.common.data, Path::new("/srv/x"));
        assert_eq!(serve(&[], "session-idle = 5").unwrap().1.session_idle, 5);
    }

    #[test]
    fn bad_values_are_refused() {
        for file in ["lisden = 'x'", "listen = 'x'", "listen = [1]", "session-idle = 'long'", "= 1"] {
            assert!(serve(&[], file).is_err(), "{file}");
        }
        assert!(serve(&["--public-url", "cloud.example"], "").is_err());
        assert!(serve(&["--public-url", "https://cloud.example/offing"], "").is_err());
        assert!(serve(&["--external-cidr", "10.0.0.0/24"], "").is_err());
    }

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn the_file_is_found_among_the_arguments() {
        let named = |arguments: &[&str]| file_named(&arguments.iter().map(OsString::from).collect::<Vec<_>>());
        assert_eq!(named(&["offing", "serve", "--listen", "x", "--config", "/a"]), Some(PathBuf::from("/a")));
        assert_eq!(named(&["offing", "--config=/b", "doctor"]), Some(PathBuf::from("/b")));
    }
}
