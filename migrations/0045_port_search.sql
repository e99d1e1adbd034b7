-- A search for an address among a project's instances reads all its ports: from an index that holds what is looked at.
drop index port_project;
create index port_project_address on port (project_id, address, device_id);
