"""An account's reports, downloaded from Amazon's Reports API into a folder of exports."""
