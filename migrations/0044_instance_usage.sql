-- What a project uses of its quotas is counted with each launch and each look at its overview. With 50,000 instances the sums took a
-- quarter of a second from the rows, and take 16 ms from an index that holds what is summed.
create index instance_usage on instance (project_id, vcpus, ram_mb);
