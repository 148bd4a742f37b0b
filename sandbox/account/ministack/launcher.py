"""Runs ministack 1.5.33 as the part of the emulated account that it knows, and asks the sandbox for the rest.

ministack has no extension points, so each module of `additions` replaces or reads a few of its private names, which
it lists; that is why ministack's version is pinned. Everything else is ministack as published.
"""

import ministack.app as ministack_app

import additions.asynchronous
import additions.authorisation
import additions.control
import additions.events
import additions.function_faults
import additions.function_logs
import additions.functions
import additions.managed_policies
import additions.resource_properties
import additions.resource_types
import additions.sessions

if __name__ == "__main__":
    ministack_app.main()
