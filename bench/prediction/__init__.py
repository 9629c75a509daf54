"""Causal replay of battery traces: traces, protocol, baselines, scores."""
