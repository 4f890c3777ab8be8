//! From a name to addresses that may be asked: what the guard refuses is never connected to, however often names change.

use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::guard::{Blocked, Guard};

/// How a name is looked up; it may block. `system` is the one of the operating system.
pub type Lookup = Arc<dyn Fn(&str) -> io::Result<Vec<IpAddr>> + Send + Sync>;

/// Asks the operating system (hosts file, DNS, and whatever else it is set up with).
pub fn system() -> Lookup {
    Arc::new(|name| Ok((name, 0).to_socket_addrs()?.map(|address| address.ip()).collect()))
}

/// Why a name gives no address to connect to.
#[derive(Debug, Clone, thiserror::Error)]
pub enum NameError {
    /// It leads to forbidden addresses only.
    #[error("blocked: {0:?}")]
    Blocked(Blocked),
    /// It leads nowhere.
    #[error("`{host}` has no address: {reason}")]
    Nowhere {
        /// The name.
        host: String,
        /// What the resolver said.
        reason: String,
    },
}

/// The resolver of the client: the addresses it gives are the ones that are connected to, there is no second look-up.
pub struct Names {
    /// How to look up.
    pub lookup: Lookup,
    /// Who may be connected to.
    pub guard: Arc<Guard>,
    /// Names of our own proxies, which may well stand in a private network.
    pub proxies: Vec<String>,
}

impl Resolve for Names {
    fn resolve(&self, name: Name) -> Resolving {
        let host = name.as_str().to_owned();
        let (lookup, guard) = (Arc::clone(&self.lookup), Arc::clone(&self.guard));
        let proxy = self.proxies.contains(&host);
        Box::pin(async move {
            let nowhere = |reason: String| NameError::Nowhere { host: host.clone(), reason };
            let asked = host.clone();
            let found = tokio::task::spawn_blocking(move || lookup(&asked)).await;
            let found = found.map_err(|e| nowhere(e.to_string()))?.map_err(|e| nowhere(said(&e)))?;
            if proxy {
                return Ok(addresses(found));
            }
            let mut blocked = None;
            let mut open = Vec::with_capacity(found.len());
            for address in found {
                match guard.check(&host, address) {
                    Ok(()) => open.push(address),
                    Err(no) => blocked = blocked.or(Some(no)),
                }
            }
            match blocked {
                _ if !open.is_empty() => Ok(addresses(open)),
                Some(blocked) => Err(NameError::Blocked(blocked).into()),
                None => Err(nowhere("no such name".to_owned()).into()),
            }
        })
    }
}

fn addresses(found: Vec<IpAddr>) -> Addrs {
    Box::new(found.into_iter().map(|address| SocketAddr::new(address, 0)))
}

/// What the resolver said, without the prefix that is the same for every failure.
fn said(error: &io::Error) -> String {
    let text = error.to_string();
    text.strip_prefix("failed to lookup address information: ").unwrap_or(&text).to_lowercase()
}
