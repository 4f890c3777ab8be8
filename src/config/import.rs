//! Subscriptions of another reader as tables of the configuration.
