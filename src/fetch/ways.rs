//! The ways out: one HTTP client for all sources, and further ones for those that need a proxy, a certificate or an
//! authority of their own.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use reqwest::{Certificate, Identity};

use super::Settings;
use super::failure::FetchError;
use super::guard::Guard;
use super::names::{Lookup, Names};
use super::proxy;
use crate::value::Secret;

/// What a source needs besides the settings of `[fetch]`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Way {
    /// The address of a proxy, or `direct`: takes the place of the proxy of all.
    pub proxy: Option<Secret>,
    /// A file of certificates (PEM) that are trusted in addition.
    pub ca_file: Option<PathBuf>,
    /// A file with a certificate and its key (PEM), shown to the origin of the request only.
    pub client_certificate: Option<PathBuf>,
}

impl Way {
    /// The same for an address that is not the origin of the request.
    pub fn away_from_home(&self) -> Self {
        Self { client_certificate: None, ..self.clone() }
    }
}

/// An HTTP client, and what the guard has to know of it.
#[derive(Clone)]
pub struct Out {
    /// It never follows redirects and never inflates.
    pub http: reqwest::Client,
    /// Names of the proxies in it: they may lead into a private network, so a question for them is looked at twice.
    pub proxies: Arc<Vec<String>>,
    /// True when everything goes straight to its host, so that the address at the other end can be checked.
    pub is_direct: bool,
}

/// All ways that were ever needed.
pub struct Ways {
    settings: Settings,
    lookup: Lookup,
    guard: Arc<Guard>,
    usual: Out,
    others: Mutex<Vec<(Way, Out)>>,
}

impl Ways {
    /// The usual way by `settings`; names are looked up by `lookup` and checked by `guard`.
    ///
    /// # Errors
    /// When a client cannot be made.
    pub fn new(settings: &Settings, lookup: Lookup, guard: Arc<Guard>) -> Result<Self, FetchError> {
        // The first caller of the process chooses; whoever was first chose ring too.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let usual = build(settings, &Way::default(), &lookup, &guard)?;
        Ok(Self { settings: settings.clone(), lookup, guard, usual, others: Mutex::default() })
    }

    /// The client for `way`, made where there is none yet.
    ///
    /// # Errors
    /// When a file of certificates cannot be used, or a proxy.
    pub fn out(&self, way: &Way) -> Result<Out, FetchError> {
        if *way == Way::default() {
            return Ok(self.usual.clone());
        }
        let mut others = self.others.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, out)) = others.iter().find(|(known, _)| known == way) {
            return Ok(out.clone());
        }
        let out = build(&self.settings, way, &self.lookup, &self.guard)?;
        others.push((way.clone(), out.clone()));
        Ok(out)
    }
}

fn build(settings: &Settings, way: &Way, lookup: &Lookup, guard: &Arc<Guard>) -> Result<Out, FetchError> {
    let configured = way.proxy.as_ref().or(settings.proxy.as_ref()).and_then(Secret::reveal);
    let proxies = proxy::proxies(configured, &settings.allow, |name| std::env::var(name).ok())?;
    let names = Arc::new(Names {
        lookup: Arc::clone(lookup),
        guard: Arc::clone(guard),
        proxies: proxies.names.clone(),
    });
    let files = [&settings.ca_file, &way.ca_file];
    let trusted = files.into_iter().flatten().map(|path| authorities(path));
    let trusted = trusted.collect::<Result<Vec<_>, _>>()?.concat();
    let identity = way.client_certificate.as_deref().map(identity).transpose()?;
    let builder = || {
        let mut builder = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .dns_resolver(Arc::clone(&names))
            .connect_timeout(settings.connect_timeout.min(settings.timeout))
            .pool_max_idle_per_host(settings.connections_per_host)
            .pool_idle_timeout(Duration::from_secs(20))
            .http2_max_header_list_size(256 << 10)
            .http1_max_headers(512)
            .http1_ignore_invalid_headers_in_responses(true)
            .http1_allow_obsolete_multiline_headers_in_responses(true)
            .http1_allow_spaces_after_header_name_in_responses(true);
        for proxy in proxies.all.iter().cloned() {
            builder = builder.proxy(proxy);
        }
        match identity.clone() {
            Some(identity) => builder.identity(identity),
            None => builder,
        }
    };
    // A machine without any root certificates (a bare container) fails here; then those of Mozilla serve.
    let http = builder().tls_certs_merge(trusted.clone()).build().or_else(|_| {
        let roots = webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter();
        let roots = roots.filter_map(|der| Certificate::from_der(der).ok());
        builder().tls_certs_only(roots.chain(trusted)).build()
    });
    let http =
        http.map_err(|e| FetchError::setup(format!("the HTTP client cannot be made: {}", e.without_url())))?;
    Ok(Out { http, is_direct: proxies.all.is_empty(), proxies: Arc::new(proxies.names) })
}

fn authorities(path: &Path) -> Result<Vec<Certificate>, FetchError> {
    let bad =
        |why: String| FetchError::setup(format!("`ca_file`: `{}` cannot be used: {why}", path.display()));
    let bytes = std::fs::read(path).map_err(|e| bad(e.to_string()))?;
    let found = Certificate::from_pem_bundle(&bytes).map_err(|e| bad(e.to_string()))?;
    if found.is_empty() { Err(bad("there is no certificate (PEM) in it".to_owned())) } else { Ok(found) }
}

fn identity(path: &Path) -> Result<Identity, FetchError> {
    let bad = |why: &str| {
        FetchError::setup(format!("`client_certificate`: `{}` cannot be used: {why}", path.display()))
    };
    let bytes = std::fs::read(path).map_err(|e| bad(&e.to_string()))?;
    // What is wrong with a key is not told: the words may hold a part of it.
    Identity::from_pem(&bytes).map_err(|_| bad("it must hold a certificate and its key (PEM, not encrypted)"))
}
