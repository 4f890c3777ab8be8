//! How we behave towards other people's servers: the table `[fetch]` of the configuration.

use std::time::Duration;

use super::guard::Allowed;

/// The table `[fetch]`. The defaults keep peace with the web.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Who to write to when we are a nuisance: a mail address or a page; it goes into the User-Agent.
    pub contact: Option<String>,
    /// Takes the place of the whole User-Agent.
    pub user_agent: Option<String>,
    /// Private networks and hosts that may be asked; none by default.
    pub allow: Vec<Allowed>,
    /// Requests at once.
    pub concurrency: usize,
    /// Requests at once to one host.
    pub connections_per_host: usize,
    /// Least time between the starts of two requests to one host.
    pub spacing: Duration,
    /// Most time for an answer, redirects and body included; waiting for our turn is not counted.
    pub timeout: Duration,
    /// Most time for a connection: name, TCP and TLS.
    pub connect_timeout: Duration,
    /// Largest body as sent, in bytes.
    pub max_body: u64,
    /// Largest body after decompression, in bytes.
    pub max_inflated: u64,
    /// How many redirects are followed.
    pub redirects: usize,
    /// `http://` address of a proxy for everything that is not loopback and not in `allow`; without it the
    /// environment is asked (`HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`, `NO_PROXY`), and nothing else.
    pub proxy: Option<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            contact: None,
            user_agent: None,
            allow: Vec::new(),
            concurrency: 64,
            connections_per_host: 2,
            spacing: Duration::from_secs(1),
            timeout: Duration::from_secs(20),
            connect_timeout: Duration::from_secs(10),
            max_body: 5 << 20,
            max_inflated: 20 << 20,
            redirects: 5,
            proxy: None,
        }
    }
}
