-- Lets administrators say how many steps may run at a time.
GRANT UPDATE (per_credential, per_job, total) ON runs.limits TO opsc_jobs;
