"""体检: what an inspector of government sites would find, every night, in the inspectors' own words."""
