-- What this process has loaded itself. Every query reads the views of the same names, which put
-- a published cache's tables before these.
CREATE SCHEMA own;
