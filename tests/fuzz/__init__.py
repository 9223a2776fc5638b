"""Bytes from strangers, bent by a fuzzer."""
