"""What people do: one verb each; load, ask the domain, save, one commit. No request, no clock, no dice."""
