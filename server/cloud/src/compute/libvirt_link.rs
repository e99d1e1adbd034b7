//! The connection to libvirtd: made when it is first needed, made anew when the daemon was restarted, used off the async threads.

use super::hypervisor::HypervisorError;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use virt::connect::Connect;

/// A call that takes longer than this has met a daemon that hangs. Starting a guest on a busy host takes a few seconds.
const LIMIT: Duration = Duration::from_secs(60);

type Result<T> = std::result::Result<T, HypervisorError>;

#[derive(Clone, Debug)]
pub(super) struct Link(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    uri: String,
    connection: Mutex<Option<Connect>>,
}

impl Link {
    pub fn new(uri: &str) -> Self {
        // Otherwise libvirt prints every error to the terminal, those that we expect too.
        virt::error::clear_error_callback();
        Self(Arc::new(Inner { uri: uri.into(), connection: Mutex::new(None) }))
    }

    pub fn uri(&self) -> &str {
        &self.0.uri
    }

    /// A connection of one's own, for what takes long. Blocks.
    pub fn open(&self) -> Result<Connect> {
        Connect::open(Some(&self.0.uri)).map_err(|error| HypervisorError::Unreachable(error.message().into()))
    }

    /// Asks libvirtd on a thread that may block. `ask` is repeated once if the connection turns out to be dead, so it must be of the
    /// kind that may be repeated.
    pub async fn call<T: Send + 'static>(&self, ask: impl Fn(&Connect) -> Result<T> + Send + 'static) -> Result<T> {
        let inner = self.0.clone();
        let asked = tokio::task::spawn_blocking(move || inner.call(ask));
        match tokio::time::timeout(LIMIT, asked).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(_)) => Err(HypervisorError::Unreachable("the call to libvirt was broken off".into())),
            Err(_) => {
                Err(HypervisorError::Unreachable(format!("libvirtd gave no answer in {} seconds", LIMIT.as_secs())))
            }
        }
    }
}

impl Inner {
    fn call<T>(&self, ask: impl Fn(&Connect) -> Result<T>) -> Result<T> {
        let connection = self.connection()?;
        let answer = ask(&connection);
        if answer.is_ok() || is_alive(&connection) {
            return answer;
        }
        self.forget();
        let connection = self.connection()?;
        match ask(&connection) {
            Err(error) if !is_alive(&connection) => {
                self.forget();
                Err(HypervisorError::Unreachable(error.to_string()))
            }
            answer => answer,
        }
    }

    fn connection(&self) -> Result<Connect> {
        let mut held = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(connection) = &*held {
            return Ok(connection.clone());
        }
        let connection =
            Connect::open(Some(&self.uri)).map_err(|error| HypervisorError::Unreachable(error.message().into()))?;
        *held = Some(connection.clone());
        Ok(connection)
    }

    fn forget(&self) {
        *self.connection.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

fn is_alive(connection: &Connect) -> bool {
    connection.is_alive().unwrap_or(false)
}

/// libvirt refused: what it says is for whoever launched the instance.
pub(super) fn failed(error: virt::error::Error) -> HypervisorError {
    HypervisorError::Failed(error.message().into())
}
