-- All rows are settled anew.
CREATE TEMP VIEW settling AS SELECT *, FALSE AS consulted FROM rows_to_settle;
